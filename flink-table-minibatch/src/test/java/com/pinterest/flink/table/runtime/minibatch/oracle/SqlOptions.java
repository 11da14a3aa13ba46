// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Random options of a streaming query, of those that leave its result as it is. */
final class SqlOptions {

    static final String MINI_BATCH = "table.exec.mini-batch.enabled";
    static final String FEATURES = "pinterest.features";
    static final String OBJECT_REUSE = "pipeline.object-reuse";
    static final String STATE_BACKEND = "state.backend.type";

    private final Random random;
    private final Map<String, String> options = new TreeMap<>();

    private SqlOptions(Random random) {
        this.random = random;
    }

    static Map<String, String> random(Random random, List<InputTable> tables) {
        SqlOptions options = new SqlOptions(random);
        if (random.nextInt(3) > 0) {
            options.addMiniBatch();
        }
        options.add(OBJECT_REUSE, "true", "false");
        options.add(STATE_BACKEND, "rocksdb", "hashmap", "hashmap", "hashmap", "hashmap");
        options.add("table.optimizer.multi-join.enabled", "true", "false");
        options.add("table.optimizer.reuse-sub-plan-enabled", "true", "true", "false");
        options.add("table.exec.rank.topn-cache-size", "1", "10000");
        options.add(
                "table.exec.deduplicate.insert-update-after-sensitive-enabled", "true", "false");
        options.add("table.exec.async-state.enabled", "false", "false", "false", "false", "true");
        options.add("table.exec.sink.upsert-materialize", "AUTO", "AUTO", "AUTO", "FORCE");
        options.add(
                "table.exec.sink.upsert-materialize-strategy.type",
                "LEGACY",
                "LEGACY",
                "VALUE",
                "MAP",
                "ADAPTIVE");
        if (tables.stream()
                .allMatch(table -> table.changes() == Changes.INSERTS || table.keyLength() > 0)) {
            options.add("table.exec.source.cdc-events-duplicate", "false", "false", "true");
        }
        for (String forced : System.getProperty("fuzz.options", "").split(",", -1)) {
            if (!forced.isEmpty()) {
                int equals = forced.indexOf('=');
                options.options.put(forced.substring(0, equals), forced.substring(equals + 1));
            }
        }
        return options.options;
    }

    private void addMiniBatch() {
        add(MINI_BATCH, "true");
        add("table.exec.mini-batch.allow-latency", History.TICK_MILLIS + " ms");
        add("table.exec.mini-batch.size", "1", "2", "3", "7", "1000");
        add("table.exec.deduplicate.mini-batch.compact-changes-enabled", "true", "false");
        add("table.optimizer.agg-phase-strategy", "ONE_PHASE", "TWO_PHASE", "TWO_PHASE");
        add("table.optimizer.distinct-agg.split.enabled", "true", "false");
        add("table.optimizer.incremental-agg-enabled", "true", "true", "false");
        add("table.exec.mini-batch.key-filters.enabled", "true", "false");
        add("table.exec.mini-batch.join.skip.enabled", "true", "false");
        add("table.exec.mini-batch.join.consistent-row-kinds", "true", "false");
        add(FEATURES, "all", "all", "all", "none");
    }

    private void add(String key, String... values) {
        options.put(key, values[random.nextInt(values.length)]);
    }
}
