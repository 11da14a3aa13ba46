// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** Paths of savepoints and checkpoints. */
public final class StatePaths {

    private static final String METADATA = "/_metadata";

    private StatePaths() {}

    /** Whether two paths name the same state, however they are written. */
    public static boolean same(String one, String other) {
        return canonical(one).equals(canonical(other));
    }

    /** One form of a path: without {@code _metadata}, and {@code file:/a} for {@code file:///a}. */
    public static String canonical(String path) {
        String text = path.endsWith(METADATA) ? path.substring(0, path.lastIndexOf('/')) : path;
        while (text.length() > 1 && text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        if (text.startsWith("/")) {
            text = "file:" + text;
        }
        return text.replaceFirst("^file:/+", "file:/");
    }
}
