// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The function that drops duplicates by the keys themselves. The state of a key is the set of times
 * at which its records were emitted or, with refreshing, seen last; mostly a single one. A timer
 * removes each.
 */
final class ExactDeduplication<T, K> extends KeyedProcessFunction<K, T, T> {

    private static final long serialVersionUID = 1;

    private final Settings<T> settings;

    private transient MapState<Long, Boolean> times;
    private transient Counter duplicates;
    private transient Counter lateRecords;

    ExactDeduplication(Settings<T> settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        times =
                getRuntimeContext()
                        .getMapState(new MapStateDescriptor<>("times", Types.LONG, Types.BOOLEAN));
        duplicates = getRuntimeContext().getMetricGroup().counter("numDuplicates");
        lateRecords = getRuntimeContext().getMetricGroup().counter("numLateRecords");
    }

    @Override
    public void processElement(T value, Context context, Collector<T> out) throws Exception {
        long time;
        if (settings.eventTime) {
            Long timestamp = context.timestamp();
            time = Settings.requireTimestamp(timestamp == null ? Long.MIN_VALUE : timestamp);
            if (expiry(time) <= context.timerService().currentWatermark()) {
                late(value, context, out);
                return;
            }
        } else {
            time = context.timerService().currentProcessingTime();
        }
        Long seen = seenNear(time);
        if (seen == null) {
            remember(time, context);
            out.collect(value);
            return;
        }
        if (settings.refresh && seen < time) {
            times.remove(seen);
            remember(time, context);
        }
        duplicates.inc();
        if (settings.duplicateTag != null) {
            context.output(settings.duplicateTag, value);
        }
    }

    private void late(T value, Context context, Collector<T> out) {
        lateRecords.inc();
        switch (settings.lateRecords) {
            case SIDE_OUTPUT:
                context.output(settings.lateTag, value);
                break;
            case EMIT:
                out.collect(value);
                break;
            default:
                break;
        }
    }

    private Long seenNear(long time) throws Exception {
        for (long seen : times.keys()) {
            if (Math.abs(time - seen) <= settings.window) {
                return seen;
            }
        }
        return null;
    }

    private void remember(long time, Context context) throws Exception {
        times.put(time, true);
        if (settings.eventTime) {
            context.timerService().registerEventTimeTimer(expiry(time));
        } else {
            context.timerService().registerProcessingTimeTimer(expiry(time));
        }
    }

    /** The time at which a key is forgotten: the first that is more than a window later. */
    private long expiry(long time) {
        return time >= Long.MAX_VALUE - settings.window
                ? Long.MAX_VALUE
                : time + settings.window + 1;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<T> out) throws Exception {
        List<Long> expired = new ArrayList<>();
        for (long seen : times.keys()) {
            if (expiry(seen) <= timestamp) {
                expired.add(seen);
            }
        }
        for (long seen : expired) {
            times.remove(seen);
        }
    }
}
