// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.ByteArrayInputStreamWithPos;
import org.apache.flink.core.memory.ByteArrayOutputStreamWithPos;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A benchmark that writes and reads a stream of {@link Event}s, like snapshots of the heap backend.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Pojo15Stream {

    private final ByteArrayOutputStreamWithPos stream = new ByteArrayOutputStreamWithPos(1 << 14);
    private TypeSerializer<Event> serializer;
    private Event[] events;
    private byte[] bytes;

    /** Prepares events and mixes in other types. */
    @Setup
    public void prepare() throws IOException {
        serializer = EventBenchmark.flinkSerializer();
        events = Events.typical(EventBenchmark.EVENTS, 1);
        MixedUse.of(serializer, List.of(events), MixedUse.ROUNDS);
        write();
        bytes = stream.toByteArray();
    }

    @Benchmark
    @OperationsPerInvocation(EventBenchmark.EVENTS)
    public int write() throws IOException {
        stream.reset();
        try (DataOutputViewStreamWrapper view = new DataOutputViewStreamWrapper(stream)) {
            for (Event event : events) {
                serializer.serialize(event, view);
            }
        }
        return stream.getPosition();
    }

    @Benchmark
    @OperationsPerInvocation(EventBenchmark.EVENTS)
    public void read(Blackhole read) throws IOException {
        try (DataInputViewStreamWrapper view =
                new DataInputViewStreamWrapper(new ByteArrayInputStreamWithPos(bytes))) {
            for (int event = 0; event < EventBenchmark.EVENTS; event++) {
                read.consume(serializer.deserialize(view));
            }
        }
    }
}
