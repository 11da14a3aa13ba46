// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static java.util.Objects.requireNonNull;

import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * A filter that passes rows that are not late, and sends late ones to the side output {@link
 * #LATE}.
 */
final class LateFilter extends ProcessFunction<Flight, Flight> {

    private static final long serialVersionUID = 1L;

    // An anonymous subclass, from which Flink determines the element type.
    static final OutputTag<Flight> LATE =
            new OutputTag<>("late") {
                private static final long serialVersionUID = 1L;
            };

    private final Lateness lateness;

    LateFilter(Lateness lateness) {
        this.lateness = requireNonNull(lateness, "lateness");
    }

    @Override
    public void processElement(Flight flight, Context context, Collector<Flight> out) {
        if (lateness.isLate(flight)) {
            context.output(LATE, flight);
        } else {
            out.collect(flight);
        }
    }
}
