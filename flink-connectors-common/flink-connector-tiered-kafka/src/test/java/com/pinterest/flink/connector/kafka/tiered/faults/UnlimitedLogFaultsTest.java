// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A few of the seeds of {@code ci/faults unlimited-log}, and that a violation would be seen. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class UnlimitedLogFaultsTest {

    @Test
    @ExtendWith(KafkaBroker.Resolver.class)
    void seedsHaveNoViolation(KafkaBroker broker) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        int violations =
                FaultRuns.run(1, 3, broker, new PrintStream(out, true, StandardCharsets.UTF_8));

        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(violations).as(text).isZero();
        assertThat(text.strip()).endsWith("faults: 3 runs, 0 violations");
    }

    @Test
    void lossRepetitionAndDisorderAreViolations() {
        Truth truth = new Truth(false);
        truth.add(0, 5, "k", "a");
        truth.add(0, 7, "k", "b");
        truth.add(0, 8, "k", "c");

        assertThat(truth.violations(Map.of(0, List.of("5=a", "7=b", "8=c")))).isEmpty();
        assertThat(truth.violations(Map.of(0, List.of("5=a", "8=c")))).hasSize(1);
        assertThat(truth.violations(Map.of(0, List.of("5=a", "7=b", "7=b", "8=c")))).hasSize(1);
        assertThat(truth.violations(Map.of(0, List.of("7=b", "5=a", "8=c")))).hasSize(1);
        assertThat(truth.violations(Map.of(0, List.of("5=a", "6=x", "7=b", "8=c")))).hasSize(1);
        assertThat(truth.violations(Map.of(0, List.of("5=a", "7=x", "8=c")))).hasSize(1);
        assertThat(truth.violations(Map.of())).hasSize(3);
    }

    @Test
    void compactedRecordsMayBeMissing() {
        Truth truth = new Truth(true);
        truth.add(0, 5, "k", "a");
        truth.add(0, 7, "k", "b");

        assertThat(truth.violations(Map.of(0, List.of("7=b")))).isEmpty();
        assertThat(truth.violations(Map.of(0, List.of("5=a")))).hasSize(1);
    }
}
