// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory of patches with pins and one module, whose series names b before a. */
public final class PatchDirectory {

    public static final String MODULE = "flink-demo";

    /** A header without a finding, up to and with the blank line before the diff. */
    public static final String HEADER =
            """
            Subject: Greet warmly
            Upstream-Status: Pending
            Reason: The greeting was cold.
            Risk: None.
            Test: GreeterTest
            Drop-When: upstream greets warmly

            """;

    static final String PATCH =
            HEADER
                    + """
                    --- a/demo/A.java
                    +++ b/demo/A.java
                    @@ -1 +1 @@
                    -first
                    +erste
                    """;

    private final Path module;

    PatchDirectory(Path patches) throws IOException {
        module = Files.createDirectories(patches.resolve(MODULE));
        Files.writeString(patches.resolve("upstream.properties"), "version = 1.0\n");
        patch("demo-add-a.patch", PATCH);
        patch("demo-add-b.patch", PATCH);
        series("demo-add-b.patch", "demo-add-a.patch");
    }

    void patch(String name, String text) throws IOException {
        Files.writeString(module.resolve(name), text);
    }

    void series(String... lines) throws IOException {
        Files.writeString(module.resolve("series"), String.join("\n", lines) + "\n");
    }
}
