// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** A window function that adds origin and hour to the statistics of a fired window. */
final class HourlyRow
        extends ProcessWindowFunction<DelayStatistics, HourlyDelays, String, TimeWindow> {

    private static final long serialVersionUID = 1L;

    @Override
    public void process(
            String origin,
            Context context,
            Iterable<DelayStatistics> statistics,
            Collector<HourlyDelays> out) {
        long hour = context.window().getStart();
        statistics.forEach(only -> out.collect(new HourlyDelays(hour, origin, only)));
    }
}
