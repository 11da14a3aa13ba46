// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.fs.Path;
import org.apache.flink.util.TimeUtils;

/**
 * The arguments after the verb: options with a value, and flags without one.
 *
 * <p>Immutable.
 */
final class Arguments {

    private static final String BOOTSTRAP_SERVERS = "--bootstrap-servers";
    private static final String PROPERTY = "--property";
    private static final String SETTING = "--set";

    private final Map<String, List<String>> values;
    private final Set<String> flags;
    private final List<String> operands;

    private Arguments(Map<String, List<String>> values, Set<String> flags, List<String> operands) {
        this.values = values;
        this.flags = flags;
        this.operands = operands;
    }

    /** Returns how many of the arguments are before the first operand. */
    static int countOptions(List<String> arguments, Set<String> options) {
        int i = 0;
        while (i < arguments.size() && arguments.get(i).startsWith("-")) {
            i += options.contains(arguments.get(i)) ? 2 : 1;
        }
        return Math.min(i, arguments.size());
    }

    Arguments withOperands(List<String> newOperands) {
        return new Arguments(values, flags, newOperands);
    }

    List<String> operands() {
        return operands;
    }

    /**
     * Reads arguments.
     *
     * @throws UsageException if one is unknown, has no value, or is given twice
     */
    static Arguments parse(List<String> arguments, Set<String> options, Set<String> flags) {
        Map<String, List<String>> values = new HashMap<>();
        Set<String> set = new HashSet<>();
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i);
            String value = null;
            int equals = name.indexOf('=');
            if (name.startsWith("--") && equals > 0) {
                value = name.substring(equals + 1);
                name = name.substring(0, equals);
            }
            if (flags.contains(name) && value == null) {
                set.add(name);
            } else if (options.contains(name)) {
                if (value == null) {
                    i++;
                    if (i == arguments.size()) {
                        throw new UsageException("Option " + name + " has no value");
                    }
                    value = arguments.get(i);
                }
                List<String> before = values.computeIfAbsent(name, missing -> new ArrayList<>());
                if (!before.isEmpty() && !name.equals(PROPERTY) && !name.equals(SETTING)) {
                    throw new UsageException("Option " + name + " is given twice");
                }
                before.add(value);
            } else {
                throw new UsageException("Unknown argument '" + arguments.get(i) + "'");
            }
        }
        return new Arguments(values, set, List.of());
    }

    boolean has(String flag) {
        return flags.contains(flag);
    }

    Optional<String> find(String option) {
        return Optional.ofNullable(values.get(option)).map(given -> given.get(0));
    }

    String get(String option) {
        return find(option)
                .orElseThrow(() -> new UsageException("Option " + option + " is missing"));
    }

    Path path(String option) {
        return parse(option, Path::new);
    }

    /** Returns the topics that are asked for; empty for all. */
    Optional<Set<String>> topics() {
        return find("--topic").map(topics -> Set.copyOf(Arrays.asList(topics.split(","))));
    }

    Optional<Long> number(String option) {
        return find(option).map(value -> parse(option, Long::parseLong));
    }

    Duration duration(String option, Duration otherwise) {
        return find(option).isPresent() ? parse(option, TimeUtils::parseDuration) : otherwise;
    }

    long bytes(String option, String otherwise) {
        return find(option).isPresent()
                ? parse(option, MemorySize::parseBytes)
                : MemorySize.parseBytes(otherwise);
    }

    Codec codec() {
        return find("--codec").isPresent()
                ? parse("--codec", name -> Codec.valueOf(name.toUpperCase(Locale.ROOT)))
                : Codec.ZSTD;
    }

    private <T> T parse(String option, Function<String, T> parser) {
        String value = get(option);
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "Option " + option + " cannot be '" + value + "': " + e.getMessage());
        }
    }

    boolean hasKafka() {
        return find(BOOTSTRAP_SERVERS).isPresent();
    }

    /** Returns the properties of a Kafka client. */
    Properties client() {
        Properties properties = new Properties();
        pairs(PROPERTY).forEach(properties::setProperty);
        properties.setProperty("bootstrap.servers", get(BOOTSTRAP_SERVERS));
        return properties;
    }

    /** Returns what is to replace Flink's configuration. */
    Map<String, String> settings() {
        return pairs(SETTING);
    }

    private Map<String, String> pairs(String option) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : values.getOrDefault(option, List.of())) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new UsageException(
                        "Option " + option + " needs KEY=VALUE, and has '" + pair + "'");
            }
            pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return pairs;
    }
}
