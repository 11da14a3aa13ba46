// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import com.pinterest.flink.table.runtime.minibatch.state.ExpectedReads;
import com.pinterest.flink.table.runtime.minibatch.state.ReadingFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;
import org.apache.flink.util.Collector;

/**
 * Does with its state what the rows say: each has a key and a seed, by which operations on states
 * of all kinds are drawn. Emits for each key what it saw. For some keys it says beforehand what it
 * might read.
 */
final class ScriptFunction extends MapBundleFunction<RowData, List<Long>, RowData, RowData>
        implements ReadingFunction {

    private static final long serialVersionUID = 1L;

    /** In place of a seed: shows all state of the key. */
    static final long DUMP = -1;

    /** In place of a seed: shows the size of a map, fills it, and shows that again. */
    static final long FILL = -2;

    /** More than are kept in memory. */
    static final int MANY = 40_000;

    private static final int MOST_EXPECTED = 6;

    private final boolean hasOtherStates;

    private transient ValueState<String> value;
    private transient ValueState<String> nullValue;
    private transient ValueState<Long> expiring;
    private transient MapState<String, Long> map;

    /** The map, asked for again. */
    private transient MapState<String, Long> sameMap;

    private transient MapState<Long, String> otherMap;
    private transient MapState<byte[], Long> byBytes;
    private transient ListState<Long> list;

    /** Arrays are equal to themselves only, and this one is used for many keys. */
    private transient byte[] reusedKey;

    /**
     * Creates a function.
     *
     * @param hasOtherStates whether it also has states that are not accessed in batches
     */
    ScriptFunction(boolean hasOtherStates) {
        this.hasOtherStates = hasOtherStates;
    }

    @Override
    public void open(ExecutionContext context) throws Exception {
        super.open(context);
        reusedKey = new byte[1];
        value = context.getRuntimeContext().getState(descriptor("accState"));
        nullValue = context.getRuntimeContext().getState(descriptor("distinctAcc_0_null_state"));
        map = map(context.getRuntimeContext());
        sameMap = map(context.getRuntimeContext());
        otherMap =
                context.getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "distinctAcc_0", Types.LONG, Types.STRING));
        byBytes =
                context.getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "bytes",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
                                        Types.LONG));
        if (hasOtherStates) {
            openOtherStates(context.getRuntimeContext());
        }
    }

    private static MapState<String, Long> map(RuntimeContext context) {
        return context.getMapState(new MapStateDescriptor<>("map", Types.STRING, Types.LONG));
    }

    private void openOtherStates(RuntimeContext context) {
        ValueStateDescriptor<Long> withTtl = new ValueStateDescriptor<>("expiring", Types.LONG);
        withTtl.enableTimeToLive(StateTtlConfig.newBuilder(Duration.ofDays(1)).build());
        expiring = context.getState(withTtl);
        list = context.getListState(new ListStateDescriptor<>("list", Types.LONG));
    }

    private static ValueStateDescriptor<String> descriptor(String name) {
        return new ValueStateDescriptor<>(name, Types.STRING);
    }

    @Override
    public ExpectedReads expectedReads(String name) {
        return new ExpectedReads() {
            @Override
            public boolean ofValue(BundleEntry<?> entry) {
                return entry.getKey().getInt(0) % 2 == 0;
            }

            @Override
            public Iterable<?> ofMap(BundleEntry<?> entry) {
                int count = entry.getKey().getInt(0) % 3 == 0 ? 0 : MOST_EXPECTED;
                IntStream numbers = IntStream.range(0, count);
                switch (name) {
                    case "map":
                        return numbers.mapToObj("x"::repeat).collect(Collectors.toList());
                    case "distinctAcc_0":
                        return numbers.mapToObj(Long::valueOf).collect(Collectors.toList());
                    default:
                        return List.of();
                }
            }
        };
    }

    @Override
    public List<Long> addInput(@Nullable List<Long> gathered, RowData row) {
        List<Long> seeds = gathered == null ? new ArrayList<>() : gathered;
        seeds.add(row.getLong(1));
        return seeds;
    }

    @Override
    public void finishBundle(Map<RowData, List<Long>> bundle, Collector<RowData> out)
            throws Exception {
        for (Map.Entry<RowData, List<Long>> entry : bundle.entrySet()) {
            ctx.setCurrentKey(entry.getKey());
            StringBuilder seen = new StringBuilder();
            for (long seed : entry.getValue()) {
                if (seed == DUMP) {
                    dump(seen);
                } else if (seed == FILL) {
                    fill(seen);
                } else {
                    run(new Random(seed), seen);
                }
            }
            out.collect(
                    GenericRowData.of(
                            entry.getKey().getInt(0), StringData.fromString(seen.toString())));
        }
    }

    private void dump(StringBuilder seen) throws Exception {
        seen.append(value.value()).append(' ').append(nullValue.value()).append(' ');
        seen.append(all(map)).append(' ').append(all(otherMap)).append(' ').append(allByBytes());
        if (hasOtherStates) {
            seen.append(' ').append(expiring.value()).append(' ').append(list.get());
        }
    }

    private void fill(StringBuilder seen) throws Exception {
        seen.append("keys=").append(sorted(otherMap.keys()).size());
        for (long key = 0; key < MANY; key++) {
            otherMap.put(key, "");
        }
        seen.append(" keys=").append(sorted(otherMap.keys()).size());
    }

    private static <K, V> Map<K, V> all(MapState<K, V> state) throws Exception {
        Map<K, V> all = new TreeMap<>();
        state.entries().forEach(entry -> all.put(entry.getKey(), entry.getValue()));
        return all;
    }

    private void run(Random random, StringBuilder seen) throws Exception {
        for (int i = random.nextInt(6); i >= 0; i--) {
            int number = random.nextInt(5);
            String text = "x".repeat(number);
            switch (random.nextInt(hasOtherStates ? 22 : 20)) {
                case 0:
                case 1:
                    seen.append(" value=").append(value.value());
                    break;
                case 2:
                    value.update(random.nextInt(4) == 0 ? null : text);
                    break;
                case 3:
                    value.clear();
                    break;
                case 4:
                    seen.append(" null=").append(nullValue.value());
                    break;
                case 5:
                    nullValue.update(text);
                    break;
                case 6:
                    for (long last = random.nextInt(8) == 0 ? 300 : 0; last > 0; last--) {
                        otherMap.put(last, text);
                    }
                    break;
                case 7:
                case 8:
                    seen.append(" map=").append(map.get(text));
                    break;
                case 9:
                case 10:
                    map.put(text, random.nextInt(4) == 0 ? null : random.nextLong());
                    break;
                case 11:
                    map.remove(text);
                    break;
                case 12:
                    seen.append(" contains=").append(map.contains(text));
                    break;
                case 13:
                    seen.append(" empty=").append(map.isEmpty());
                    break;
                case 14:
                    seen.append(" all=").append(all(map));
                    break;
                case 15:
                    sameMap.putAll(Map.of(text, 1L, text + "y", 2L));
                    break;
                case 16:
                    removeByIterator(text);
                    break;
                case 17:
                    (random.nextBoolean() ? map : otherMap).clear();
                    break;
                case 18:
                    seen.append(" other=").append(otherMap.get((long) number));
                    otherMap.put((long) number, text);
                    seen.append(" keys=").append(sorted(otherMap.keys()));
                    seen.append(" values=").append(sorted(otherMap.values()));
                    break;
                case 19:
                    byte[] key = random.nextBoolean() ? reusedKey : new byte[1];
                    key[0] = (byte) number;
                    seen.append(" bytes=").append(byBytes.get(key));
                    byBytes.put(key, random.nextLong());
                    break;
                case 20:
                    seen.append(" expiring=").append(expiring.value());
                    expiring.update(random.nextLong());
                    break;
                default:
                    list.add(random.nextLong());
            }
        }
    }

    private List<String> allByBytes() throws Exception {
        List<String> all = new ArrayList<>();
        byBytes.entries()
                .forEach(each -> all.add(Arrays.toString(each.getKey()) + each.getValue()));
        Collections.sort(all);
        return all;
    }

    private void removeByIterator(String key) throws Exception {
        Iterator<Map.Entry<String, Long>> entries = map.iterator();
        while (entries.hasNext()) {
            Map.Entry<String, Long> entry = entries.next();
            if (entry.getKey().equals(key)) {
                entries.remove();
            } else {
                entry.setValue(7L);
            }
        }
    }

    private static <T extends Comparable<T>> NavigableSet<T> sorted(Iterable<T> elements) {
        NavigableSet<T> sorted = new TreeSet<>();
        elements.forEach(sorted::add);
        return sorted;
    }
}
