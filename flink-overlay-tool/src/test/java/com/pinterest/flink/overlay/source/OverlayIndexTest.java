// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.source.OverlayIndex.Action;
import com.pinterest.flink.overlay.source.OverlayIndex.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index of an overlay module is read as it was written, and a broken one is refused. */
class OverlayIndexTest {

    @Test
    void whatIsWrittenIsReadBack(@TempDir Path classes) throws IOException {
        OverlayIndex index =
                new OverlayIndex(
                        "flink-demo",
                        new TreeMap<>(
                                Map.of(
                                        "a/A.class",
                                        new Change(
                                                Action.REPLACE,
                                                "a/A.java",
                                                0xFFFF_FFFFL,
                                                List.of("demo-a-b.patch", "demo-c-d.patch")),
                                        "a/A$1.class",
                                        new Change(
                                                Action.ADD,
                                                "a/A.java",
                                                0,
                                                List.of("demo-a-b.patch")),
                                        "a/A$2.class",
                                        new Change(
                                                Action.DROP,
                                                "a/A.java",
                                                0x12,
                                                List.of("demo-c-d.patch")))));

        index.write(classes);

        String text =
                Files.readString(classes.resolve("META-INF/pinterest-overlay/flink-demo.index"));
        assertThat(text)
                .isEqualTo(
                        """
                        ADD a/A$1.class a/A.java 00000000 demo-a-b.patch
                        DROP a/A$2.class a/A.java 00000012 demo-c-d.patch
                        REPLACE a/A.class a/A.java ffffffff demo-a-b.patch,demo-c-d.patch
                        """);
        assertThat(OverlayIndex.parse("flink-demo", text)).isEqualTo(index);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "REPLACE a/A.class a/A.java 00000012",
                "REPLACE a/A.class a/A.java 00000012 demo-a-b.patch more",
                "RENAME a/A.class a/A.java 00000012 demo-a-b.patch",
                "REPLACE a/A.class a/A.java twelve demo-a-b.patch",
            })
    void aBrokenLineIsNamedWithItsModule(String line) {
        String text = "ADD a/A$1.class a/A.java 00000000 demo-a-b.patch\n" + line + "\n";

        assertThatThrownBy(() -> OverlayIndex.parse("flink-demo", text))
                .isInstanceOf(OverlayException.class)
                .hasMessage("index of flink-demo has a broken line: " + line);
    }
}
