// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import static org.apache.flink.util.Preconditions.checkState;

import com.pinterest.flink.table.runtime.minibatch.oracle.OracleTableFactory.Result;
import com.pinterest.flink.table.runtime.minibatch.oracle.OracleTableFactory.Scan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.annotation.Nullable;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.asyncprocessing.operators.AbstractAsyncStateUdfStreamOperator;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.UdfStreamOperatorFactory;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.CodeGenOperatorFactory;

/**
 * A compiled job that runs in the calling thread, any number of times: all operators, with their
 * state, as a cluster would make them of the job graph, but a row goes through all of them before
 * the next one comes. So rows of several inputs come in the order in which they are fed, time
 * stands still unless it is moved on, a run is the same each time, and it takes a few milliseconds.
 *
 * <p>Rows between tasks are serialized; those in a task are copied or, if objects are reused, not.
 */
final class LocalJob {

    private static final ClassLoader LOADER = LocalJob.class.getClassLoader();

    private final Map<Integer, Vertex> vertices = new LinkedHashMap<>();
    private final ExecutionConfig execution;
    private final boolean isBatch;

    /**
     * Prepares runs.
     *
     * @param graph of parallelism 1
     * @param isBatch whether an operator gets its input when all of it is there
     */
    LocalJob(JobGraph graph, ExecutionConfig execution, boolean isBatch) {
        this.execution = execution;
        this.isBatch = isBatch;
        for (JobVertex vertex : graph.getVerticesSortedTopologicallyFromSources()) {
            checkState(vertex.getParallelism() == 1, "%s is parallel", vertex.getName());
            checkState(!vertex.getName().startsWith("Source: Values"), "a source of values");
            StreamConfig head = new StreamConfig(vertex.getConfiguration());
            Map<Integer, StreamConfig> chain =
                    new LinkedHashMap<>(head.getTransitiveChainedTaskConfigs(LOADER));
            chain.put(head.getVertexID(), head);
            chain.forEach((id, config) -> vertices.put(id, new Vertex(config, config == head)));
        }
    }

    /** The names of the operators, and their classes. */
    List<String> operators() {
        List<String> names = new ArrayList<>();
        for (Vertex vertex : vertices.values()) {
            String name = vertex.config.getOperatorName().replaceAll("\\[\\d+]", "");
            names.add(name + ": " + implementation(vertex.config.getStreamOperatorFactory(LOADER)));
        }
        return names;
    }

    /** The class of the operator, of its function or, if neither is known, of its factory. */
    private static String implementation(StreamOperatorFactory<?> factory) {
        Object implementation = factory;
        if (factory instanceof UdfStreamOperatorFactory) {
            implementation = ((UdfStreamOperatorFactory<?>) factory).getUserFunction();
        } else if (factory instanceof SimpleOperatorFactory) {
            implementation = ((SimpleOperatorFactory<?>) factory).getOperator();
            if (implementation instanceof AbstractAsyncStateUdfStreamOperator) {
                implementation =
                        ((AbstractAsyncStateUdfStreamOperator<?, ?>) implementation)
                                .getUserFunction();
            }
        }
        return implementation.getClass().getSimpleName();
    }

    /** An operator, as it was compiled. */
    private static final class Vertex {

        private final StreamConfig config;
        private final List<StreamEdge> inEdges;
        private final List<StreamEdge> chainedEdges;
        private final List<TypeSerializer<Object>> inputs = new ArrayList<>();

        /** Null if it holds the operator itself, and has to be read for each run. */
        @Nullable private final StreamOperatorFactory<Object> factory;

        Vertex(StreamConfig config, boolean isHead) {
            this.config = config;
            this.inEdges = isHead ? config.getInPhysicalEdges(LOADER) : List.of();
            this.chainedEdges = config.getChainedOutputs(LOADER);
            StreamOperatorFactory<Object> read = config.getStreamOperatorFactory(LOADER);
            this.factory = read instanceof CodeGenOperatorFactory ? read : null;
            for (int i = 0; i < config.getInputs(LOADER).length; i++) {
                inputs.add(config.getTypeSerializerIn(i, LOADER));
            }
        }

        StreamOperatorFactory<Object> factory() {
            return factory == null ? config.getStreamOperatorFactory(LOADER) : factory;
        }
    }

    /**
     * Starts a run.
     *
     * @param backend of each operator's state
     */
    Run start(Supplier<StateBackend> backend) throws Exception {
        return new Run(backend);
    }

    /** One run of the job. */
    final class Run implements AutoCloseable {

        private final Map<Integer, LocalOperator> operators = new LinkedHashMap<>();
        private final List<LocalOperator> sources = new ArrayList<>();
        private final List<LocalOperator> all = new ArrayList<>();
        private final List<RowData> results = new ArrayList<>();
        private long now;

        private Run(Supplier<StateBackend> backend) throws Exception {
            JobID job = new JobID();
            for (Vertex vertex : vertices.values()) {
                StreamOperatorFactory<Object> factory = vertex.factory();
                Object function =
                        factory instanceof UdfStreamOperatorFactory
                                ? ((UdfStreamOperatorFactory<?>) factory).getUserFunction()
                                : null;
                LocalOperator operator;
                if (function instanceof Scan) {
                    operator = LocalOperator.source(((Scan) function).table());
                    sources.add(operator);
                } else if (function instanceof Result) {
                    operator = LocalOperator.sink(results::add);
                } else {
                    operator =
                            LocalOperator.of(factory, vertex.config, execution, backend.get(), job);
                }
                operators.put(vertex.config.getVertexID(), operator);
                all.add(operator);
            }
            for (Vertex vertex : vertices.values()) {
                vertex.chainedEdges.forEach(edge -> connect(edge, true));
                vertex.inEdges.forEach(edge -> connect(edge, false));
            }
            // From behind, as in a task.
            for (int i = all.size() - 1; i >= 0; i--) {
                all.get(i).open();
            }
        }

        private void connect(StreamEdge edge, boolean isChained) {
            LocalOperator target = operators.get(edge.getTargetId());
            int input = Math.max(0, edge.getTypeNumber() - 1);
            LocalOperator.Passing passing =
                    !isChained
                            ? LocalOperator.Passing.SERIALIZED
                            : execution.isObjectReuseEnabled() && !target.isSink()
                                    ? LocalOperator.Passing.SAME
                                    : LocalOperator.Passing.COPIED;
            operators
                    .get(edge.getSourceId())
                    .connect(
                            target,
                            input,
                            passing,
                            vertices.get(edge.getTargetId()).inputs.get(input),
                            isBatch && !isChained);
        }

        /** Has all scans of a table emit a row. */
        void feed(String table, RowData row) throws Exception {
            for (LocalOperator source : sources) {
                if (source.table().equals(table)) {
                    source.emit(row);
                }
            }
        }

        /** Lets time go on. */
        void advance(long millis) throws Exception {
            now += millis;
            for (LocalOperator operator : all) {
                operator.setTime(now);
            }
        }

        /** Ends the inputs; what the result has got, in order. */
        List<RowData> finish() throws Exception {
            for (LocalOperator source : sources) {
                source.end();
            }
            if (isBatch) {
                for (LocalOperator operator : all) {
                    operator.consume();
                }
            }
            return results;
        }

        @Override
        public void close() throws Exception {
            for (LocalOperator operator : all) {
                operator.close();
            }
        }
    }
}
