// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** A job with types that go through Kryo: in a field, as a key, and in a side output. */
public final class OrdersJob {

    private static final OutputTag<Duration> DELAYS = new DelayTag();

    private OrdersJob() {}

    /** Runs the job; it ends soon. */
    public static void main(String[] arguments) throws Exception {
        System.out.println("main was called");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        SingleOutputStreamOperator<Order> orders =
                environment
                        .fromSequence(1, 100)
                        .map(new ToOrder())
                        .name("to-order")
                        .keyBy(order -> order.id, Types.GENERIC(UUID.class))
                        .process(new Delays())
                        .name("delays");
        orders.sinkTo(new DiscardingSink<>()).name("orders-out");
        orders.getSideOutput(DELAYS).sinkTo(new DiscardingSink<>()).name("delays-out");
        environment.execute("orders");
    }

    /** A POJO. */
    public static final class Order {
        public UUID id;
        public ArrayList<Long> items;
    }

    /** Makes orders. */
    public static final class ToOrder implements MapFunction<Long, Order> {
        private static final long serialVersionUID = 1;

        @Override
        public Order map(Long number) {
            Order order = new Order();
            order.id = new UUID(number, number);
            order.items = new ArrayList<>();
            order.items.add(number);
            return order;
        }
    }

    /** Of a class with a name, as the test lists the classes of the jar. */
    public static final class DelayTag extends OutputTag<Duration> {
        private static final long serialVersionUID = 1;

        DelayTag() {
            super("delays");
        }
    }

    /** Passes orders on. */
    public static final class Delays extends KeyedProcessFunction<UUID, Order, Order> {
        private static final long serialVersionUID = 1;

        @Override
        public void processElement(Order order, Context context, Collector<Order> out) {
            out.collect(order);
            context.output(DELAYS, Duration.ofSeconds(order.items.get(0)));
        }
    }
}
