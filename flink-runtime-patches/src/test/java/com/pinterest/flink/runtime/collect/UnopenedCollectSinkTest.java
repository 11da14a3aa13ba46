// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.collect;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.streaming.api.operators.collect.CollectSinkFunction;
import org.apache.flink.streaming.api.operators.collect.CollectSinkOperator;
import org.junit.jupiter.api.Test;

/** Sinks of tasks that end before their operators are opened. */
class UnopenedCollectSinkTest {

    @Test
    void operatorThatWasNotInitializedCloses() {
        CollectSinkOperator<Integer> operator =
                new CollectSinkOperator<>(IntSerializer.INSTANCE, 1024, "results");

        assertThatCode(operator::close).doesNotThrowAnyException();
    }

    @Test
    void functionThatWasNotOpenedCloses() {
        CollectSinkFunction<Integer> function =
                new CollectSinkFunction<>(IntSerializer.INSTANCE, 1024, "results");

        assertThatCode(function::close).doesNotThrowAnyException();
    }
}
