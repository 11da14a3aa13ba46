// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import org.apache.flink.api.common.functions.AggregateFunction;

/**
 * An aggregation that adds flights one at a time, so that the state of a window is one accumulator.
 */
final class DelayAggregate implements AggregateFunction<Flight, DelayStatistics, DelayStatistics> {

    private static final long serialVersionUID = 1L;

    @Override
    public DelayStatistics createAccumulator() {
        return new DelayStatistics();
    }

    @Override
    public DelayStatistics add(Flight flight, DelayStatistics statistics) {
        statistics.add(flight);
        return statistics;
    }

    @Override
    public DelayStatistics getResult(DelayStatistics statistics) {
        return statistics;
    }

    @Override
    public DelayStatistics merge(DelayStatistics left, DelayStatistics right) {
        left.add(right);
        return left;
    }
}
