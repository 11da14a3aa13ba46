// SPDX-License-Identifier: Apache-2.0
package com.example.pageviews;

import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.datastream.DataStream;

/** Counts the views of each page. */
public final class PageViews {

    private PageViews() {}

    /** Returns the running count of each page, one row for each view. */
    public static DataStream<Tuple2<String, Long>> count(DataStream<String> views) {
        return views.map(page -> Tuple2.of(page, 1L))
                .returns(Types.TUPLE(Types.STRING, Types.LONG))
                .keyBy(view -> view.f0)
                .sum(1);
    }
}
