// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class LineDiffTest {

    private static String signed(String before, String after) {
        return LineDiff.of(before, after).stream()
                .map(line -> line.side().sign() + line.text())
                .collect(Collectors.joining("\n"));
    }

    @Test
    void onlyWhatChangedIsMarked() {
        assertThat(signed("a\nb\nc\nd", "a\nx\nc\nd\ne")).isEqualTo(" a\n-b\n+x\n c\n d\n+e");
        assertThat(LineDiff.hasChanges(LineDiff.of("a\nb", "a\nb\n"))).isFalse();
    }

    @Test
    void bothTextsAreInTheDifference() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            String before = text(random);
            String after = text(random);
            assertThat(of(before, after, LineDiff.Side.NEW)).isEqualTo(before);
            assertThat(of(before, after, LineDiff.Side.OLD)).isEqualTo(after);
        }
    }

    private static String of(String before, String after, LineDiff.Side without) {
        return LineDiff.of(before, after).stream()
                .filter(line -> line.side() != without)
                .map(LineDiff.Line::text)
                .collect(Collectors.joining("\n"));
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(9), 'a', 'e')
                .mapToObj(line -> String.valueOf((char) line))
                .collect(Collectors.joining("\n"));
    }
}
