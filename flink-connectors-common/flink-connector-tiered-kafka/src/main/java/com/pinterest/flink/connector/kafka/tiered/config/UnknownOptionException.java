// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import java.util.Collection;
import java.util.Comparator;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.IllegalConfigurationException;

/** A key in the configuration of sources, sinks and tables that means nothing. */
@PublicEvolving
public final class UnknownOptionException extends IllegalConfigurationException {

    private static final long serialVersionUID = 1L;

    private final String key;
    private final String nearest;

    UnknownOptionException(String key, String origin, Collection<String> known) {
        this(key, nearest(key, known), origin);
    }

    private UnknownOptionException(String key, String nearest, String origin) {
        super("Unknown option " + key + " (" + origin + "). Did you mean " + nearest + "?");
        this.key = key;
        this.nearest = nearest;
    }

    static UnknownOptionException of(
            String prefix, String option, String origin, Collection<String> known) {
        return new UnknownOptionException(prefix + option, prefix + nearest(option, known), origin);
    }

    /** The unknown key. */
    public String key() {
        return key;
    }

    /** The key that looks most like it. */
    public String nearest() {
        return nearest;
    }

    private static String nearest(String key, Collection<String> known) {
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(each -> distance(key, each)))
                .orElseThrow(() -> new IllegalArgumentException("no option is known"));
    }

    /** The edit distance of Levenshtein. */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int j = 0; j < previous.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] current = new int[previous.length];
            current[0] = i;
            for (int j = 1; j < current.length; j++) {
                int replaced =
                        previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[right.length()];
    }
}
