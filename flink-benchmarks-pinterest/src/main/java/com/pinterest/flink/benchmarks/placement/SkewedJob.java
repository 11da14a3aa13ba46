// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * A job whose operators cost very differently, and that sends most of its bytes over pointwise
 * edges: read, decode, score by a costly model, count by key.
 */
final class SkewedJob {

    /** What the operators cost, as scheduler.placement.costs wants it. */
    static final String COSTS = "read:1,decode:1,score:12,count:0.5";

    private static final int BYTES = 1_000;

    private SkewedJob() {}

    /**
     * Defines the job.
     *
     * @param slots the highest parallelism, a multiple of 4
     */
    static void define(StreamExecutionEnvironment environment, int slots) {
        environment
                .fromSequence(1, Long.MAX_VALUE)
                .name("read")
                .uid("read")
                .setParallelism(slots / 4)
                .map(new Payload())
                .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .name("fill")
                .uid("fill")
                .setParallelism(slots / 4)
                .rescale()
                .map(new Work(1))
                .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .name("decode")
                .uid("decode")
                .setParallelism(slots)
                .rescale()
                .map(new Work(24))
                .returns(PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .name("score")
                .uid("score")
                .setParallelism(slots / 4)
                .map(payload -> (int) payload[0])
                .returns(Types.INT)
                .name("key")
                .uid("key")
                .setParallelism(slots / 4)
                .keyBy(key -> key)
                .map(key -> key)
                .returns(Types.INT)
                .name("count")
                .uid("count")
                .setParallelism(slots)
                .sinkTo(new DiscardingSink<>())
                .name("write")
                .uid("write")
                .setParallelism(slots);
    }

    /** Makes the bytes of a record. */
    private static final class Payload extends RichMapFunction<Long, byte[]> {

        private static final long serialVersionUID = 1L;

        @Override
        public byte[] map(Long number) {
            byte[] payload = new byte[BYTES];
            payload[0] = (byte) (number % 64);
            return payload;
        }
    }

    /** Takes CPU in proportion to a weight. */
    private static final class Work extends RichMapFunction<byte[], byte[]> {

        private static final long serialVersionUID = 1L;

        private final int weight;

        Work(int weight) {
            this.weight = weight;
        }

        @Override
        public byte[] map(byte[] payload) {
            int hash = 0;
            for (int round = 0; round < weight; round++) {
                for (byte each : payload) {
                    hash = 31 * hash + each;
                }
            }
            payload[1] = (byte) hash;
            return payload;
        }
    }
}
