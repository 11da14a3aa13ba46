// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import static org.apache.flink.util.Preconditions.checkState;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import javax.annotation.Nullable;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.runtime.io.disk.iomanager.IOManager;
import org.apache.flink.runtime.io.disk.iomanager.IOManagerAsync;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.Input;
import org.apache.flink.streaming.api.operators.InputSelectable;
import org.apache.flink.streaming.api.operators.InputSelection;
import org.apache.flink.streaming.api.operators.MultipleInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.io.RecordProcessorUtils;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.OutputTag;
import org.apache.flink.util.function.ThrowingConsumer;

/** An operator of a {@link LocalJob}, with its inputs and where its output goes. */
final class LocalOperator implements AutoCloseable {

    /** How rows go to the next operator. */
    enum Passing {
        SERIALIZED,
        COPIED,
        SAME
    }

    /** Enough for a sort, and for a hash join. */
    private static final long MANAGED_BYTES = 3 << 20;

    private static final IOManager SPILLING = new IOManagerAsync();

    /** Null for a source. */
    @Nullable private final String table;

    /** Null unless it is a sink. */
    @Nullable private final Consumer<RowData> results;

    /** Null for sources and sinks. */
    @Nullable private final Harness harness;

    private final List<In> inputs = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private boolean isFinished;

    private LocalOperator(
            @Nullable String table,
            @Nullable Consumer<RowData> results,
            @Nullable Harness harness) {
        this.table = table;
        this.results = results;
        this.harness = harness;
    }

    static LocalOperator source(String table) {
        return new LocalOperator(table, null, null);
    }

    static LocalOperator sink(Consumer<RowData> results) {
        LocalOperator sink = new LocalOperator(null, results, null);
        sink.inputs.add(sink.new In(record -> results.accept((RowData) record.getValue()), null));
        return sink;
    }

    /**
     * An operator as a task would make it.
     *
     * @param config of the job graph
     */
    static LocalOperator of(
            StreamOperatorFactory<Object> factory,
            StreamConfig config,
            ExecutionConfig execution,
            StateBackend backend,
            JobID job)
            throws Exception {
        StreamConfig task = new StreamConfig(new Configuration(config.getConfiguration()));
        // Its rows do not go to the network.
        task.setVertexNonChainedOutputs(List.of());
        task.serializeAllConfigs();
        MockEnvironment environment =
                new MockEnvironmentBuilder()
                        .setJobID(job)
                        .setTaskName(config.getOperatorName())
                        .setManagedMemorySize(MANAGED_BYTES)
                        .setIOManager(SPILLING)
                        .setTaskConfiguration(task.getConfiguration())
                        .setExecutionConfig(execution)
                        .setMaxParallelism(128)
                        .setParallelism(1)
                        .setSubtaskIndex(0)
                        .build();
        Harness harness = new Harness(factory, environment);
        LocalOperator local = new LocalOperator(null, null, harness);
        harness.setStateBackend(backend);
        harness.setOutputCreator(serializer -> local.new Out());
        harness.setup();
        local.addInputs(harness.operator());
        return local;
    }

    @SuppressWarnings("unchecked")
    private void addInputs(StreamOperator<Object> operator) {
        if (operator instanceof OneInputStreamOperator) {
            Input<Object> input = (OneInputStreamOperator<Object, Object>) operator;
            inputs.add(
                    new In(
                            RecordProcessorUtils.getRecordProcessor(input),
                            input::processWatermark));
        } else if (operator instanceof TwoInputStreamOperator) {
            TwoInputStreamOperator<Object, Object, Object> two =
                    (TwoInputStreamOperator<Object, Object, Object>) operator;
            inputs.add(
                    new In(RecordProcessorUtils.getRecordProcessor1(two), two::processWatermark1));
            inputs.add(
                    new In(RecordProcessorUtils.getRecordProcessor2(two), two::processWatermark2));
        } else {
            for (Input<?> any : ((MultipleInputStreamOperator<?>) operator).getInputs()) {
                Input<Object> input = (Input<Object>) any;
                inputs.add(
                        new In(
                                RecordProcessorUtils.getRecordProcessor(input),
                                input::processWatermark));
            }
        }
    }

    /** The table that is fed here. */
    @Nullable
    String table() {
        return table;
    }

    /** Whether it keeps what it gets. */
    boolean isSink() {
        return results != null;
    }

    /**
     * Has the output go to another operator.
     *
     * @param isQueued whether it waits there for {@link #consume}
     */
    void connect(
            LocalOperator target,
            int input,
            Passing passing,
            TypeSerializer<Object> serializer,
            boolean isQueued) {
        edges.add(new Edge(target.inputs.get(input), passing, serializer, isQueued));
    }

    void open() throws Exception {
        if (harness != null) {
            harness.open();
        }
    }

    void emit(RowData row) throws Exception {
        for (Edge edge : edges) {
            edge.pass(new StreamRecord<>(row));
        }
    }

    void setTime(long millis) throws Exception {
        if (harness != null) {
            harness.setProcessingTime(millis);
        }
    }

    /** Says that a source has no more rows. */
    void end() throws Exception {
        for (Edge edge : edges) {
            edge.watermark(Watermark.MAX_WATERMARK);
            edge.end();
        }
    }

    /** Processes what waits. */
    void consume() throws Exception {
        boolean isOver = false;
        while (!isOver) {
            InputSelection selection =
                    harness != null && harness.operator() instanceof InputSelectable
                            ? ((InputSelectable) harness.operator()).nextSelection()
                            : InputSelection.ALL;
            isOver = true;
            for (int i = 0; i < inputs.size(); i++) {
                In input = inputs.get(i);
                if (!input.waiting.isEmpty() && selection.isInputSelected(i + 1)) {
                    input.waiting.remove().run();
                    isOver = false;
                    break;
                }
            }
        }
        for (In input : inputs) {
            checkState(input.waiting.isEmpty(), "an input is never selected");
        }
    }

    private void inputEnded(In input) throws Exception {
        if (harness != null) {
            StreamOperator<?> operator = harness.operator();
            if (operator instanceof BoundedMultiInput) {
                ((BoundedMultiInput) operator).endInput(inputs.indexOf(input) + 1);
            } else if (operator instanceof BoundedOneInput) {
                ((BoundedOneInput) operator).endInput();
            }
        }
        if (inputs.stream().allMatch(any -> any.open == 0)) {
            if (harness != null) {
                harness.operator().finish();
            }
            isFinished = true;
            for (Edge edge : edges) {
                edge.end();
            }
        }
    }

    @Override
    public void close() throws Exception {
        if (harness != null) {
            harness.close();
            checkState(
                    !isFinished || harness.getEnvironment().getMemoryManager().verifyEmpty(),
                    "managed memory was not released");
            harness.getEnvironment().getMemoryManager().shutdown();
        }
    }

    /** Something to do with what was emitted before. */
    private interface Waiting {
        void run() throws Exception;
    }

    /** An input of the operator. */
    private final class In {

        private final ThrowingConsumer<StreamRecord<Object>, Exception> records;
        @Nullable private final ThrowingConsumer<Watermark, Exception> watermarks;
        private final Queue<Waiting> waiting = new ArrayDeque<>();

        /** Of each edge. */
        private long[] watermarkOf = new long[0];

        private long watermark = Long.MIN_VALUE;
        private int open;

        In(
                ThrowingConsumer<StreamRecord<Object>, Exception> records,
                @Nullable ThrowingConsumer<Watermark, Exception> watermarks) {
            this.records = records;
            this.watermarks = watermarks;
        }

        int addEdge() {
            watermarkOf = Arrays.copyOf(watermarkOf, watermarkOf.length + 1);
            watermarkOf[watermarkOf.length - 1] = Long.MIN_VALUE;
            open++;
            return watermarkOf.length - 1;
        }

        void watermark(int edge, Watermark mark) throws Exception {
            watermarkOf[edge] = mark.getTimestamp();
            long min = Arrays.stream(watermarkOf).min().orElseThrow();
            if (min > watermark) {
                watermark = min;
                if (watermarks != null) {
                    watermarks.accept(new Watermark(min));
                }
            }
        }

        void end() throws Exception {
            open--;
            if (open == 0) {
                inputEnded(this);
            }
        }
    }

    /** From an operator to an input of another. */
    private static final class Edge {

        private final In input;
        private final Passing passing;
        private final TypeSerializer<Object> serializer;
        private final boolean isQueued;
        private final int number;
        private final DataOutputSerializer bytes = new DataOutputSerializer(64);

        Edge(In input, Passing passing, TypeSerializer<Object> serializer, boolean isQueued) {
            this.input = input;
            this.passing = passing;
            this.serializer = serializer;
            this.isQueued = isQueued;
            this.number = input.addEdge();
        }

        void pass(StreamRecord<Object> record) throws Exception {
            StreamRecord<Object> passed =
                    passing == Passing.SAME ? record : record.copy(copy(record.getValue()));
            run(() -> input.records.accept(passed));
        }

        private Object copy(Object value) throws IOException {
            if (passing == Passing.COPIED) {
                return serializer.copy(value);
            }
            bytes.clear();
            serializer.serialize(value, bytes);
            return serializer.deserialize(new DataInputDeserializer(bytes.getCopyOfBuffer()));
        }

        void watermark(Watermark mark) throws Exception {
            run(() -> input.watermark(number, mark));
        }

        void end() throws Exception {
            run(input::end);
        }

        private void run(Waiting step) throws Exception {
            if (isQueued) {
                input.waiting.add(step);
            } else {
                step.run();
            }
        }
    }

    /** What the operator emits. */
    private final class Out implements Output<StreamRecord<Object>> {

        @Override
        public void collect(StreamRecord<Object> record) {
            toAll(edge -> edge.pass(record));
        }

        @Override
        public void emitWatermark(Watermark mark) {
            toAll(edge -> edge.watermark(mark));
        }

        private void toAll(ThrowingConsumer<Edge, Exception> step) {
            for (Edge edge : edges) {
                try {
                    step.accept(edge);
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public void emitWatermarkStatus(WatermarkStatus status) {}

        @Override
        public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
            throw new UnsupportedOperationException("side outputs");
        }

        @Override
        public void emitLatencyMarker(LatencyMarker marker) {}

        @Override
        public void emitRecordAttributes(RecordAttributes attributes) {}

        @Override
        public void emitWatermark(WatermarkEvent watermark) {}

        @Override
        public void close() {}
    }

    /** What stands for the task around an operator. */
    private static final class Harness extends AbstractStreamOperatorTestHarness<Object> {

        Harness(StreamOperatorFactory<Object> factory, MockEnvironment environment)
                throws Exception {
            super(factory, environment);
        }

        StreamOperator<Object> operator() {
            return operator;
        }

        /** Without finishing the operator again. */
        @Override
        public void close() throws Exception {
            processingTimeService.shutdownService();
            operator.close();
        }
    }
}
