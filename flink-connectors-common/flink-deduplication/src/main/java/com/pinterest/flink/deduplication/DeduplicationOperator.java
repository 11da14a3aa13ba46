// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The operator that drops duplicates. Its input is keyed by page ({@link PageSelector}).
 *
 * <p>What records are compared with is in memory, in {@link Page}s. A checkpoint puts the keys that
 * are new in a page into the keyed state {@code runs}, a value for each slice that has some. So
 * state is accessed by page and not by record, and the key context is set only for that. A page is
 * read from the state when its first record arrives after a restart.
 *
 * <p>State format, version 1: {@code runs} maps {@code slice << 19 | number} to a run, the slice
 * being the number of slices since the epoch. A run is a byte with the version, one with the number
 * of low bits that are zero in its fingerprints, one with the number of words a key, and the words,
 * big-endian. {@link StoredSettings} is a union list state that subtask 0 writes.
 */
final class DeduplicationOperator<T, K> extends AbstractStreamOperator<T>
        implements OneInputStreamOperator<T, T> {

    private static final long serialVersionUID = 1;

    private static final int RUN_NUMBER_BITS = 19;

    /** More runs of a slice than this are merged once the slice is closed. */
    private static final int MAX_RUNS = 8;

    /** How many records come between two pages that are maintained. */
    private static final int MAINTENANCE_INTERVAL = 1024;

    /** The part of the heap that all deduplications of a TaskManager may fill. */
    private static final double HEAP_FRACTION = 0.5;

    private final KeySelector<T, K> keySelector;
    private final TypeSerializer<K> keySerializer;
    private final Settings<T> settings;

    private transient MapState<Long, byte[]> runs;
    private transient ListState<byte[]> storedSettings;

    private transient KeyHash<K> hash;
    private transient long fingerprintMask;
    private transient Slices slices;
    private transient Page[] pages;
    private transient int loadedPages;
    private transient long bytes;
    private transient long memoryLimit;

    /** Processing time goes on from where the last checkpoint was. */
    private transient long clockBase;

    private transient long clockStart;
    private transient long clock;
    private transient long currentSlice;

    private transient ScheduledFuture<?> sliceTimer;

    private transient int pagesToMaintain;
    private transient int nextPage;
    private transient int recordsSinceMaintenance;

    private transient Counter duplicates;
    private transient Counter lateRecords;

    DeduplicationOperator(
            KeySelector<T, K> keySelector, TypeSerializer<K> keySerializer, Settings<T> settings) {
        this.keySelector = keySelector;
        this.keySerializer = keySerializer;
        this.settings = settings;
    }

    // ------------------------------------------------------------------ life cycle

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        runs =
                context.getKeyedStateStore()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "runs",
                                        Types.LONG,
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        storedSettings =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(
                                        "settings",
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        hash = new KeyHash<>(keySerializer.duplicate());
        fingerprintMask = settings.fingerprintMask();
        slices = new Slices(settings.window);
        pages = new Page[settings.pages];
        clockStart = getProcessingTimeService().getCurrentProcessingTime();
        clockBase = clockStart;
        for (byte[] stored : storedSettings.get()) {
            clockBase =
                    StoredSettings.check(stored, settings, keySerializer, getUserCodeClassloader());
        }
        clock = clockBase;
        currentSlice = Long.MIN_VALUE;
    }

    @Override
    public void open() throws Exception {
        super.open();
        memoryLimit = settings.memoryLimit > 0 ? settings.memoryLimit : defaultMemoryLimit();
        MetricGroup metrics = getMetricGroup();
        duplicates = metrics.counter("numDuplicates");
        lateRecords = metrics.counter("numLateRecords");
        metrics.gauge("numLiveKeys", () -> slices.liveKeys());
        metrics.gauge("memoryBytes", () -> bytes);
        metrics.gauge("falseDropProbability", this::falseDropProbability);
        if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            LOG.info(
                    "Deduplication {}. With 1,000,000,000 live keys, a new key is dropped falsely"
                            + " with a probability of {}. A subtask has at most {} of memory.",
                    settings,
                    settings.falseDropProbability(1e9, Slices.INITIAL_BITS),
                    new MemorySize(memoryLimit).toHumanReadableString());
        }
        if (!settings.eventTime) {
            registerSliceTimer();
        }
    }

    @Override
    public void close() throws Exception {
        if (sliceTimer != null) {
            sliceTimer.cancel(false);
        }
        super.close();
    }

    private long defaultMemoryLimit() {
        int slots =
                getContainingTask()
                        .getEnvironment()
                        .getTaskManagerInfo()
                        .getConfiguration()
                        .get(TaskManagerOptions.NUM_TASK_SLOTS);
        return (long) (Runtime.getRuntime().maxMemory() * HEAP_FRACTION / slots);
    }

    private double falseDropProbability() {
        double livePerPage = (double) slices.liveKeys() / Math.max(1, loadedPages);
        return settings.falseDropProbability(livePerPage * settings.pages, slices.bits());
    }

    /** State is accessed by page and not by record. */
    @Override
    public boolean hasKeyContext1() {
        return false;
    }

    // ------------------------------------------------------------------ records

    @Override
    public void processElement(StreamRecord<T> element) throws Exception {
        if (++recordsSinceMaintenance >= MAINTENANCE_INTERVAL) {
            maintain(1);
        }
        T value = element.getValue();
        hash.compute(PageSelector.key(keySelector, value));
        long slice = slices.sliceAt(time(element));
        if (slice < slices.minLive() || !Slices.isStorable(slice)) {
            late(element);
            return;
        }
        Page page = page(hash.page(settings.pages));
        int code = code(slice);
        long before = page.bytes();
        long fingerprint = hash.fingerprint() & fingerprintMask;
        int index = page.find(fingerprint, hash.secondFingerprint(), slices, slice);
        if (index < 0) {
            page.add(fingerprint, hash.secondFingerprint(), code, slices);
            output.collect(element);
        } else {
            if (settings.refresh && slices.slice(page.code(index)) < slice) {
                page.move(index, code, slices);
            }
            duplicates.inc();
            if (settings.duplicateTag != null) {
                output.collect(settings.duplicateTag, element);
            }
        }
        grown(page.bytes() - before);
    }

    private long time(StreamRecord<T> element) throws Exception {
        if (!settings.eventTime) {
            tick();
            return clock;
        }
        return Settings.requireTimestamp(element.getTimestamp());
    }

    private void late(StreamRecord<T> element) {
        lateRecords.inc();
        switch (settings.lateRecords) {
            case SIDE_OUTPUT:
                output.collect(settings.lateTag, element);
                break;
            case EMIT:
                output.collect(element);
                break;
            default:
                break;
        }
    }

    private void grown(long additionalBytes) {
        bytes += additionalBytes;
        if (bytes > memoryLimit) {
            throw new IllegalStateException(
                    String.format(
                            "The deduplication needs more memory than its limit of %s for %,d live"
                                    + " keys in this subtask. Raise its parallelism, the heap of"
                                    + " the TaskManagers (%s) or the limit (memoryLimit), or"
                                    + " shorten the window.",
                            new MemorySize(memoryLimit).toHumanReadableString(),
                            slices.liveKeys(),
                            TaskManagerOptions.TASK_HEAP_MEMORY.key()));
        }
    }

    // ------------------------------------------------------------------ time

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (settings.eventTime) {
            advance(mark.getTimestamp());
            maintain(1);
        }
        super.processWatermark(mark);
    }

    /** Lets processing time go on. */
    private void tick() throws Exception {
        long elapsed = getProcessingTimeService().getCurrentProcessingTime() - clockStart;
        clock = Math.max(clock, clockBase + elapsed);
        advance(clock);
    }

    private void registerSliceTimer() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        long untilEnd = slices.endOf(slices.sliceAt(clock)) - clock;
        sliceTimer =
                getProcessingTimeService()
                        .registerTimer(
                                now + Math.max(1, untilEnd),
                                time -> {
                                    tick();
                                    maintain(pages.length);
                                    registerSliceTimer();
                                });
    }

    private void advance(long time) {
        long slice = slices.sliceAt(time);
        if (slice <= currentSlice) {
            return;
        }
        currentSlice = slice;
        if (time > Long.MIN_VALUE + settings.window) {
            slices.expireBefore(slices.sliceAt(time - settings.window));
        }
        pagesToMaintain = pages.length;
    }

    /** Removes the expired runs of some pages, and merges those of closed slices. */
    private void maintain(int atMost) throws Exception {
        recordsSinceMaintenance = 0;
        for (int n = 0; n < atMost && pagesToMaintain > 0; pagesToMaintain--) {
            Page page = pages[nextPage];
            if (page != null && maintainRuns(page)) {
                n++;
            }
            nextPage = (nextPage + 1) % pages.length;
        }
    }

    private boolean maintainRuns(Page page) throws Exception {
        boolean due = false;
        for (Map.Entry<Long, Integer> entry : page.runs().entrySet()) {
            due |= isExpired(entry.getKey()) || isToBeMerged(entry.getKey(), entry.getValue());
        }
        if (!due) {
            return false;
        }
        setCurrentKey(nextPage);
        for (Map.Entry<Long, Integer> entry : List.copyOf(page.runs().entrySet())) {
            long slice = entry.getKey();
            int count = entry.getValue();
            if (isExpired(slice)) {
                removeRuns(slice, 0, count);
                page.runs().remove(slice);
            } else if (isToBeMerged(slice, count)) {
                List<byte[]> parts = new ArrayList<>();
                for (int number = 0; number < count; number++) {
                    parts.add(runs.get(key(slice, number)));
                }
                runs.put(key(slice, 0), page.merge(parts));
                removeRuns(slice, 1, count);
                page.runs().put(slice, 1);
            }
        }
        return true;
    }

    private boolean isExpired(long slice) {
        return slice < slices.minLive();
    }

    private boolean isToBeMerged(long slice, int count) {
        return slice < currentSlice && count > MAX_RUNS;
    }

    private void removeRuns(long slice, int from, int to) throws Exception {
        for (int number = from; number < to; number++) {
            runs.remove(key(slice, number));
        }
    }

    // ------------------------------------------------------------------ pages and codes

    private Page page(int number) throws Exception {
        Page page = pages[number];
        if (page == null) {
            page = load(number);
        }
        return page;
    }

    private Page load(int number) throws Exception {
        Page page = new Page(settings.wide, slices.bits());
        pages[number] = page;
        loadedPages++;
        setCurrentKey(number);
        Map<Long, List<byte[]>> stored = new TreeMap<>();
        int keys = 0;
        int bits = slices.bits();
        for (Map.Entry<Long, byte[]> entry : runs.entries()) {
            byte[] run = entry.getValue();
            page.check(run);
            long slice = entry.getKey() >> RUN_NUMBER_BITS;
            int runNumber = (int) (entry.getKey() & (1 << RUN_NUMBER_BITS) - 1);
            page.runs().merge(slice, runNumber + 1, Math::max);
            if (!isExpired(slice)) {
                stored.computeIfAbsent(slice, unused -> new ArrayList<>()).add(run);
                keys += Page.keysOf(run);
                bits = Math.max(bits, Page.bitsOf(run));
            }
        }
        while (slices.bits() < bits) {
            lengthenCodes();
        }
        // Before the page gets its size: a new code may cause all pages to be rebuilt.
        for (long slice : stored.keySet()) {
            code(slice);
        }
        long before = page.bytes();
        page.rebuild(slices, keys);
        for (Map.Entry<Long, List<byte[]>> entry : stored.entrySet()) {
            int code = code(entry.getKey());
            for (byte[] run : entry.getValue()) {
                page.load(run, code, slices);
            }
        }
        grown(page.bytes() - before);
        return page;
    }

    private int code(long slice) {
        int code = slices.code(slice);
        if (code == 0 && slices.hasExpiredCodes()) {
            rebuildPages();
            slices.release();
            code = slices.code(slice);
        }
        if (code == 0) {
            if (!slices.canGrow()) {
                throw new IllegalStateException(
                        String.format(
                                "There are keys in more than %,d slices of time, each 1/%d of the"
                                        + " window of %s, so the records are far ahead of the"
                                        + " watermark. Let the source emit watermarks more often,"
                                        + " or use a longer window.",
                                1 << Slices.MAX_BITS,
                                Slices.PER_WINDOW,
                                Duration.ofMillis(settings.window)));
            }
            lengthenCodes();
            code = slices.code(slice);
        }
        return code;
    }

    private void lengthenCodes() {
        slices.grow();
        rebuildPages();
    }

    private void rebuildPages() {
        long total = 0;
        for (Page page : pages) {
            if (page != null) {
                page.rebuild(slices, 1);
                total += page.bytes();
            }
        }
        bytes = total;
    }

    private static long key(long slice, int number) {
        if (number >= 1 << RUN_NUMBER_BITS) {
            throw new IllegalStateException(
                    "More than " + (1 << RUN_NUMBER_BITS) + " checkpoints in one slice of time");
        }
        return slice << RUN_NUMBER_BITS | number;
    }

    // ------------------------------------------------------------------ checkpoints

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        for (int number = 0; number < pages.length; number++) {
            Page page = pages[number];
            if (page == null || !page.isDirty()) {
                continue;
            }
            setCurrentKey(number);
            long before = page.bytes();
            for (Map.Entry<Long, byte[]> run : page.takeFreshRuns(slices).entrySet()) {
                int count = page.runs().getOrDefault(run.getKey(), 0);
                runs.put(key(run.getKey(), count), run.getValue());
                page.runs().put(run.getKey(), count + 1);
            }
            bytes += page.bytes() - before;
        }
        if (!settings.eventTime) {
            tick();
        }
        storedSettings.clear();
        if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            storedSettings.add(StoredSettings.write(settings, keySerializer, clock));
        }
    }
}
