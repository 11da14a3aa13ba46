// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A benchmark that writes, reads and copies {@link Event}s in memory, rotating over 64 events. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public abstract class EventBenchmark {

    static final int EVENTS = 64;

    private final DataOutputSerializer output = new DataOutputSerializer(256);
    private final DataInputDeserializer input = new DataInputDeserializer();
    private final byte[][] bytes = new byte[EVENTS][];
    private TypeSerializer<Event> serializer;
    private Event[] events;
    private int next;

    abstract TypeSerializer<Event> serializer();

    /** Returns the serializer that a user's job gets. */
    static TypeSerializer<Event> flinkSerializer() {
        return TypeInformation.of(Event.class).createSerializer(new SerializerConfigImpl());
    }

    /** Returns the bytes that a serializer writes for an event. */
    static byte[] bytes(TypeSerializer<Event> serializer, Event event) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(256);
        serializer.serialize(event, output);
        return output.getCopyOfBuffer();
    }

    /**
     * Prepares events, checks that both serializers write the same bytes, and mixes in other types.
     */
    @Setup
    public void prepare() throws IOException {
        serializer = serializer();
        events = Events.typical(EVENTS, 1);
        TypeSerializer<Event> flinkSerializer = flinkSerializer();
        for (int event = 0; event < EVENTS; event++) {
            bytes[event] = bytes(flinkSerializer, events[event]);
            if (!Arrays.equals(bytes[event], bytes(EventSerializer.INSTANCE, events[event]))) {
                throw new IllegalStateException(
                        "the hand-written serializer gives other bytes for event " + event);
            }
        }
        MixedUse.of(serializer, List.of(events), MixedUse.ROUNDS);
    }

    private int next() {
        next = (next + 1) % EVENTS;
        return next;
    }

    @Benchmark
    public int serialize() throws IOException {
        output.clear();
        serializer.serialize(events[next()], output);
        return output.length();
    }

    @Benchmark
    public Event deserialize() throws IOException {
        input.setBuffer(bytes[next()]);
        return serializer.deserialize(input);
    }

    @Benchmark
    public Event copy() {
        return serializer.copy(events[next()]);
    }
}
