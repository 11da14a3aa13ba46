// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;

/** Wherever the iterator has been, a seek finds the first entry that is not below the target. */
class SharedIteratorTest {

    @TempDir private Path directory;
    private final ReadOptions options = new ReadOptions();
    private RocksDB database;
    private SharedIterator iterator;

    @BeforeAll
    static void loadRocksDB() {
        RocksDB.loadLibrary();
    }

    /** Entries of the keys 10, 20 and 30. */
    @BeforeEach
    void open() throws Exception {
        database = RocksDB.open(directory.toString());
        for (int key = 10; key <= 30; key += 10) {
            database.put(bytes(key), bytes(key));
        }
        iterator = new SharedIterator(database, database.getDefaultColumnFamily(), options, false);
    }

    @AfterEach
    void close() {
        iterator.close();
        options.close();
        database.close();
    }

    @Test
    void anySeekAfterAnyOther() {
        for (int first = 5; first <= 35; first += 5) {
            for (int second = 5; second <= 35; second += 5) {
                assertThat(at(first)).isEqualTo(firstFrom(first));
                assertThat(at(second))
                        .as("%d, then %d", first, second)
                        .isEqualTo(firstFrom(second));
            }
        }
    }

    @Test
    void anySeekAfterAnEntryThatWasPassed() {
        for (int passed = 10; passed <= 30; passed += 10) {
            for (int next = 5; next <= 35; next += 5) {
                assertThat(at(passed)).isEqualTo(passed);
                iterator.next();
                assertThat(at(next))
                        .as("%d passed, then %d", passed, next)
                        .isEqualTo(firstFrom(next));
            }
        }
    }

    @Test
    void goesOnBehindAnEntryThatWasPassed() {
        for (int passed = 10; passed <= 30; passed += 10) {
            for (int between = 0; between <= 35; between += 5) {
                at(passed);
                iterator.next();
                if (between > 0 && at(between) > 0 && between % 10 == 0) {
                    iterator.next();
                }
                iterator.seekBehind(bytes(passed));
                assertThat(found())
                        .as("behind %d, with %d in between", passed, between)
                        .isEqualTo(firstFrom(passed + 1));
            }
        }
    }

    @Test
    void whatIsGoneOnWithIsNoTarget() {
        at(5);
        at(6);
        at(7);
        for (int passed = 10; passed <= 30; passed += 10) {
            iterator.next();
            iterator.seekBehind(bytes(passed));
        }
        at(31);
        assertThat(iterator.seldomSeeks()).isTrue();
    }

    @Test
    void prefixIsKept() throws Exception {
        try (Options withPrefixes =
                        new Options()
                                .setCreateIfMissing(true)
                                .useCappedPrefixExtractor(1)
                                .setMemtablePrefixBloomSizeRatio(0.1);
                RocksDB other = RocksDB.open(withPrefixes, directory.resolve("2").toString())) {
            other.put(new byte[] {1, 1}, bytes(11));
            other.put(new byte[] {1, 2}, bytes(12));
            other.put(new byte[] {3, 1}, bytes(31));
            SharedIterator keeping =
                    new SharedIterator(other, other.getDefaultColumnFamily(), options, true);
            byte[][] keys = {{1}, {2}, {3}, {4}};
            for (byte[] first : keys) {
                for (byte[] second : keys) {
                    assertThat(ofPrefix(keeping, first)).isEqualTo(entriesOf(first[0]));
                    assertThat(ofPrefix(keeping, second))
                            .as("%d, then %d", first[0], second[0])
                            .isEqualTo(entriesOf(second[0]));
                    keeping.seek(first);
                    assertThat(ofPrefix(keeping, first)).isEqualTo(entriesOf(first[0]));
                }
            }
            keeping.close();
        }
    }

    private static List<Integer> entriesOf(int prefix) {
        return prefix == 1 ? List.of(11, 12) : prefix == 3 ? List.of(31) : List.of();
    }

    private static List<Integer> ofPrefix(SharedIterator iterator, byte[] prefix) {
        List<Integer> values = new ArrayList<>();
        iterator.seek(prefix);
        while (iterator.key() != null) {
            values.add((int) iterator.value()[0]);
            iterator.next();
        }
        return values;
    }

    @Test
    void seldomSeeksWhereTargetsAreCloseToEachOther() {
        at(5);
        assertThat(iterator.seldomSeeks()).isFalse();
        for (int target = 6; target <= 10; target++) {
            at(target);
        }
        assertThat(iterator.seldomSeeks()).isTrue();
    }

    @Test
    void oftenSeeksWhereTargetsAreFarFromEachOther() {
        for (int target = 5; target <= 25; target += 10) {
            at(target);
        }
        assertThat(iterator.seldomSeeks()).isFalse();
    }

    /** The entry that a seek finds; 0 if there is none. */
    private int at(int target) {
        iterator.seek(bytes(target));
        return found();
    }

    private int found() {
        return iterator.key() == null ? 0 : iterator.value()[0];
    }

    private static int firstFrom(int target) {
        return target > 30 ? 0 : Math.max(10, (target + 9) / 10 * 10);
    }

    private static byte[] bytes(int number) {
        return new byte[] {(byte) number};
    }
}
