// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths of savepoints and checkpoints. */
public final class StatePaths {

    private static final Pattern AUTHORITY = Pattern.compile("([a-z0-9-]+)://[^/]+");

    private static final String METADATA = "/_metadata";

    private StatePaths() {}

    /**
     * Whether two paths name the same state, however they are written: {@code hdfs:///a} leaves it
     * to Hadoop's configuration which HDFS it is, and Flink then says {@code hdfs://host:port/a}.
     */
    public static boolean same(String one, String other) {
        String first = canonical(one);
        String second = canonical(other);
        return first.equals(second)
                || withAuthorityOf(first, second).equals(second)
                || withAuthorityOf(second, first).equals(first);
    }

    /** A path with the authority of another one, if it has none itself. */
    private static String withAuthorityOf(String path, String other) {
        Matcher authority = AUTHORITY.matcher(other);
        if (authority.lookingAt()) {
            Matcher none = Pattern.compile(authority.group(1) + ":(//)?(/[^/].*)").matcher(path);
            if (none.matches()) {
                return authority.group() + none.group(2);
            }
        }
        return path;
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
