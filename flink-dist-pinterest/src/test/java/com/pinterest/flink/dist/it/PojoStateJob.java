// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;
import org.apache.flink.util.Collector;

/**
 * A job with POJOs as keys and in each kind of state. It puts those of a range of numbers into its
 * state, writes out all that is there then, and waits to be stopped.
 *
 * <p>The POJOs are in the job's jar, in the version that the jar has: {@link PojoStateJar}.
 */
public final class PojoStateJob {

    static final String PACKAGE = "com.example";

    /** What is stored, with a POJO of a file of its own in it. */
    static final String ORDER = PACKAGE + ".Order";

    static final String ADDRESS = PACKAGE + ".Address";

    /** The key, with another one in it. */
    static final String CUSTOMER = PACKAGE + ".Customer";

    static final String BRANCH = PACKAGE + ".Branch";

    /** As many keys there are; a range of numbers as long as this has all of them. */
    static final int KEYS = 50;

    /** The file with the operator state; those of the keys have their numbers as names. */
    static final String OPERATOR_STATE = "operator-state";

    private PojoStateJob() {}

    /**
     * Runs the job.
     *
     * @param arguments a directory for what is written out, the first number, the one after the
     *     last
     */
    @SuppressWarnings("deprecation") // A source of the new kind takes four more classes.
    public static void main(String[] arguments) throws Exception {
        Path output = Path.of(arguments[0]);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        environment
                .addSource(
                        new Numbers(
                                output.toString(),
                                Long.parseLong(arguments[1]),
                                Long.parseLong(arguments[2])),
                        "numbers",
                        Types.LONG)
                .setParallelism(1)
                .uid("numbers")
                .keyBy(number -> customer(key(number)), type(CUSTOMER))
                .process(new Orders(output.toString()), Types.VOID)
                .uid("orders");
        environment.execute("POJO state");
    }

    /** The number of a number's key. Negative numbers ask for what is stored for a key. */
    static int key(long number) {
        return (int) (number < 0 ? -1 - number : number % KEYS);
    }

    /** The key in a map state. */
    static String mapKey(long number) {
        return "order-" + number / KEYS % 3;
    }

    /** Whether a number's POJO goes into the operator state. */
    static boolean isInOperatorState(long number) {
        return number % 7 == 0;
    }

    /** What is written out for a key. */
    static String text(
            Object customer, Object value, Iterable<?> list, Map<String, ? extends Object> map) {
        return String.join(
                "\n",
                "key " + customer,
                "value " + value,
                "list " + lines(list),
                "map " + new TreeMap<>(map));
    }

    /** What is written out for a list. */
    static String lines(Iterable<?> elements) {
        StringBuilder lines = new StringBuilder();
        elements.forEach(element -> lines.append("\n  ").append(element));
        return lines.toString();
    }

    private static NumberedPojo customer(int key) throws ReflectiveOperationException {
        return pojoClass(CUSTOMER).getDeclaredConstructor().newInstance().fill(key);
    }

    private static NumberedPojo order(long number) throws ReflectiveOperationException {
        return pojoClass(ORDER).getDeclaredConstructor().newInstance().fill(number);
    }

    @SuppressWarnings("unchecked")
    private static Class<NumberedPojo> pojoClass(String name) throws ClassNotFoundException {
        return (Class<NumberedPojo>) Class.forName(name, true, PojoStateJob.class.getClassLoader());
    }

    private static TypeInformation<NumberedPojo> type(String name) throws ClassNotFoundException {
        TypeInformation<NumberedPojo> type = TypeInformation.of(pojoClass(name));
        if (!(type instanceof PojoTypeInfo)) {
            throw new IllegalStateException(type + " is no POJO");
        }
        return type;
    }

    /** Nobody sees half of a file. */
    private static void write(String directory, String name, String text) {
        Path unfinished = Path.of(directory, "." + name);
        try {
            Files.writeString(unfinished, text);
            Files.move(unfinished, Path.of(directory, name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the numbers, and one for each key to have its state written out. */
    @SuppressWarnings("deprecation")
    static final class Numbers implements SourceFunction<Long>, CheckpointedFunction {

        private static final long serialVersionUID = 1;

        private final String output;
        private final long first;
        private final long end;

        private transient ListState<NumberedPojo> state;
        private transient List<NumberedPojo> orders;
        private volatile boolean cancelled;

        Numbers(String output, long first, long end) {
            this.output = output;
            this.first = first;
            this.end = end;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            state =
                    context.getOperatorStateStore()
                            .getListState(new ListStateDescriptor<>("orders", type(ORDER)));
            orders = new ArrayList<>();
            state.get().forEach(orders::add);
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            state.update(orders);
        }

        @Override
        public void run(SourceContext<Long> context) throws Exception {
            synchronized (context.getCheckpointLock()) {
                for (long number = first; number < end; number++) {
                    context.collect(number);
                    if (isInOperatorState(number)) {
                        orders.add(order(number));
                    }
                }
                for (long key = 0; key < KEYS; key++) {
                    context.collect(-1 - key);
                }
                write(output, OPERATOR_STATE, lines(orders));
            }
            while (!cancelled) {
                Thread.sleep(10);
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** Keeps the last order, all orders, and the last ones by another key. */
    static final class Orders extends KeyedProcessFunction<NumberedPojo, Long, Void> {

        private static final long serialVersionUID = 1;

        private final String output;

        private transient ValueState<NumberedPojo> value;
        private transient ListState<NumberedPojo> list;
        private transient MapState<String, NumberedPojo> map;

        Orders(String output) {
            this.output = output;
        }

        @Override
        public void open(OpenContext context) throws Exception {
            TypeInformation<NumberedPojo> type = type(ORDER);
            value = getRuntimeContext().getState(new ValueStateDescriptor<>("value", type));
            list = getRuntimeContext().getListState(new ListStateDescriptor<>("list", type));
            map =
                    getRuntimeContext()
                            .getMapState(new MapStateDescriptor<>("map", Types.STRING, type));
        }

        @Override
        public void processElement(Long number, Context context, Collector<Void> out)
                throws Exception {
            if (number >= 0) {
                value.update(order(number));
                list.add(order(number));
                map.put(mapKey(number), order(number));
                return;
            }
            Map<String, NumberedPojo> entries = new TreeMap<>();
            map.entries().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
            write(
                    output,
                    Integer.toString(key(number)),
                    text(context.getCurrentKey(), value.value(), list.get(), entries));
        }
    }
}
