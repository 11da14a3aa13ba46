// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatePathsTest {

    @ParameterizedTest
    @CsvSource({
        "file:/a/b, file:///a/b, true",
        "file:/a/b, /a/b/_metadata, true",
        "file:/a/b/, file:/a/b, true",
        "s3://a/b, s3://a/b/_metadata, true",
        "file:/a/b, file:/a/c, false",
        "s3://a/b, file:/a/b, false",
        "hdfs:///a/b, hdfs://host:1234/a/b, true",
        "hdfs://host:1234/a/b, hdfs:/a/b, true",
        "hdfs:///a/b, hdfs://host:1234/a/c, false",
        "hdfs:///a/b, s3://host:1234/a/b, false",
        "hdfs://one/a/b, hdfs://other/a/b, false",
        "hdfs:///a/b, hdfs:///a/b/, true",
    })
    void pathsOfOneStateAreTheSame(String one, String other, boolean same) {
        assertThat(StatePaths.same(one, other)).isEqualTo(same);
    }
}
