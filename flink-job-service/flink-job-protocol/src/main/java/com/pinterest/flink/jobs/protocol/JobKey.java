// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.util.regex.Pattern;

/**
 * The name of a job, unique in its namespace, and the namespace.
 *
 * @param namespace lower-case letters, digits and hyphens, at most 63 characters
 * @param name as the namespace
 */
public record JobKey(String namespace, String name) implements Comparable<JobKey> {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public JobKey {
        require("namespace", namespace);
        require("name", name);
    }

    /** Whether a text can be a name or a namespace. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /**
     * Reads the form of {@link #toString}.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static JobKey parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not NAMESPACE/NAME: " + text);
        }
        return new JobKey(text.substring(0, slash), text.substring(slash + 1));
    }

    private static void require(String what, String value) {
        if (!isName(value)) {
            throw new IllegalArgumentException(
                    "the "
                            + what
                            + " \""
                            + value
                            + "\" must have 1 to 63 lower-case letters, digits and hyphens, and"
                            + " begin and end with a letter or digit");
        }
    }

    @Override
    public int compareTo(JobKey other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace == 0 ? name.compareTo(other.name) : byNamespace;
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
