// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import com.pinterest.flink.overlay.base.OverlayException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code --name value} options of a command line. An option may occur more than once. */
final class Options {

    private final Map<String, List<String>> values = new LinkedHashMap<>();

    private Options() {}

    /** Parses the arguments; each option must be one of {@code known}. */
    static Options parse(List<String> arguments, String... known) {
        Options options = new Options();
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i);
            if (!Arrays.asList(known).contains(name)) {
                throw new OverlayException(
                        "unknown option " + name + "; known: " + String.join(" ", known));
            }
            if (i + 1 == arguments.size()) {
                throw new OverlayException("option " + name + " needs a value");
            }
            options.values
                    .computeIfAbsent(name, ignored -> new ArrayList<>())
                    .add(arguments.get(i + 1));
        }
        return options;
    }

    /** The last value of an option. */
    String required(String name) {
        List<String> all = all(name);
        return all.get(all.size() - 1);
    }

    /** Returns the last value of an option, or the fallback if the option is missing. */
    String optional(String name, String fallback) {
        return values.containsKey(name) ? required(name) : fallback;
    }

    Path requiredPath(String name) {
        return Path.of(required(name));
    }

    /** Returns the values of an option in their order. Fails if the option is missing. */
    List<String> all(String name) {
        List<String> all = values.get(name);
        if (all == null) {
            throw new OverlayException("option " + name + " is missing");
        }
        return all;
    }

    /** Returns the comma-separated elements of an option, without blanks. */
    List<String> list(String name) {
        return Arrays.stream(required(name).split(",", -1))
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
    }
}
