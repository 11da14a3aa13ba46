// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that someone may have meant. */
final class Names {

    private static final int MAX_DISTANCE = 3;

    private Names() {}

    /** The nearest of some names, if one is near. */
    static Optional<String> nearest(String wrong, Collection<String> names) {
        return names.stream()
                .filter(name -> distance(wrong, name) <= Math.min(MAX_DISTANCE, name.length() / 2))
                .min(Comparator.comparingInt((String name) -> distance(wrong, name)));
    }

    /** How many letters have to be added, removed or replaced; case does not count. */
    static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                boolean same =
                        Character.toLowerCase(one.charAt(i - 1))
                                == Character.toLowerCase(other.charAt(j - 1));
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
