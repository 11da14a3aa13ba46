// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import java.util.List;

/** The programs that the launch scripts may call. */
public final class ScriptPrograms {

    /** All of them, besides Java and the tools that a feature is about. */
    public static final List<String> NAMES =
            List.of(
                    "awk",
                    "bash",
                    "cat",
                    "dirname",
                    "find",
                    "grep",
                    "head",
                    "mkdir",
                    "readlink",
                    "rm",
                    "sed",
                    "sleep",
                    "sort",
                    "tail",
                    "tr",
                    "uname");

    private ScriptPrograms() {}
}
