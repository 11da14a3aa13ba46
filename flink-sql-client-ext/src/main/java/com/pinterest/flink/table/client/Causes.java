// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

/** The description of an exception and its causes. */
final class Causes {

    private Causes() {}

    /**
     * Returns the messages from the outermost to the innermost, except those that another message
     * contains.
     */
    static String describe(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable at = error; at != null; at = at.getCause()) {
            String message = at.getMessage() == null ? at.getClass().getName() : at.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.length() == 0 ? "" : System.lineSeparator() + "  caused by ");
                text.append(message);
            }
        }
        return text.toString();
    }
}
