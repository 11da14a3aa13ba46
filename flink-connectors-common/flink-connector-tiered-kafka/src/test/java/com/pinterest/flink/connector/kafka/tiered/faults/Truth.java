// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.faults;

import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The committed records of a topic, as the brokers acknowledged them. */
final class Truth {

    private record Written(String key, String value) {}

    private final boolean compacted;
    private final Map<Integer, TreeMap<Long, Written>> partitions = new HashMap<>();
    private final Map<Integer, List<OffsetRange>> lost = new HashMap<>();

    /**
     * @param compacted whether a record may be missing that has a successor with its key
     */
    Truth(boolean compacted) {
        this.compacted = compacted;
    }

    void add(int partition, long offset, String key, String value) {
        partitions
                .computeIfAbsent(partition, missing -> new TreeMap<>())
                .put(offset, new Written(key, value));
    }

    /** Offsets that are to be skipped. */
    void lose(int partition, OffsetRange range) {
        lost.computeIfAbsent(partition, missing -> new ArrayList<>()).add(range);
    }

    Set<Integer> partitions() {
        return partitions.keySet();
    }

    /** Returns the offset after the last committed record that is not to be skipped. */
    long end(int partition) {
        return partitions.get(partition).descendingKeySet().stream()
                .filter(offset -> !isLost(partition, offset))
                .findFirst()
                .map(last -> last + 1)
                .orElse(0L);
    }

    long records() {
        return partitions.values().stream().mapToLong(Map::size).sum();
    }

    /** Returns what is wrong with what a job has read; nothing if all is well. */
    List<String> violations(Map<Integer, List<String>> read) {
        List<String> violations = new ArrayList<>();
        for (Map.Entry<Integer, List<String>> each : read.entrySet()) {
            if (!partitions.containsKey(each.getKey())) {
                violations.add("partition " + each.getKey() + " has records out of nowhere");
            }
        }
        partitions.forEach(
                (partition, written) ->
                        check(
                                partition,
                                written,
                                read.getOrDefault(partition, List.of()),
                                violations));
        return violations;
    }

    private void check(
            int partition, Map<Long, Written> written, List<String> read, List<String> violations) {
        Set<Long> found = new HashSet<>();
        long last = -1;
        for (String record : read) {
            long offset = Long.parseLong(record.substring(0, record.indexOf('=')));
            Written expected = written.get(offset);
            if (expected == null
                    || !record.equals(offset + "=" + expected.value)
                    || isLost(partition, offset)) {
                violations.add("partition " + partition + " has record " + record);
            }
            if (offset <= last) {
                violations.add(
                        "partition " + partition + " has offset " + offset + " after " + last);
            }
            last = offset;
            found.add(offset);
        }
        Map<String, Long> newest = new HashMap<>();
        written.forEach((offset, record) -> newest.put(record.key, offset));
        written.forEach(
                (offset, record) -> {
                    boolean mayBeMissing = compacted && newest.get(record.key) > offset;
                    if (!found.contains(offset) && !mayBeMissing && !isLost(partition, offset)) {
                        violations.add("partition " + partition + " lacks offset " + offset);
                    }
                });
    }

    private boolean isLost(int partition, long offset) {
        return lost.getOrDefault(partition, List.of()).stream()
                .anyMatch(range -> range.contains(offset));
    }
}
