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
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What is read is what is there, and maps are left to a multi-get where an iterator is worse. */
class MapLookupsTest {

    private static final int LEFT_OUT = 16;

    @TempDir private Path directory;
    private RocksDB database;
    private final ReadOptions options = new ReadOptions();
    private final MapLookups lookups = new MapLookups();

    @BeforeAll
    static void loadRocksDB() {
        RocksDB.loadLibrary();
    }

    @BeforeEach
    void open() throws RocksDBException {
        database = RocksDB.open(directory.toString());
    }

    @AfterEach
    void close() {
        lookups.close();
        options.close();
        database.close();
    }

    @Test
    void mapsWithFewEntriesAreReadToTheEnd() throws RocksDBException {
        put(1, 3);
        put(2, 0);
        put(2, 9);

        assertThat(read(1, 10)).containsExactly(3);
        assertThat(read(2, 10)).containsExactly(0, 9);
        assertThat(read(3, 10)).isEmpty();
        assertThat(read(0, 10)).as("before where the iterator stands").isEmpty();
    }

    @Test
    void mapsWithManyEntriesAreLeftAndSomeMoreNotTried() throws RocksDBException {
        for (int key = 0; key < 100; key++) {
            put(1, key);
        }

        assertThat(count(1, 99)).isLessThan(5);
        for (int map = 0; map < LEFT_OUT; map++) {
            assertThat(count(2, 10)).isZero();
        }
        assertThat(count(2, 10)).isEqualTo(10);
    }

    @Test
    void fewKeysAreLeft() throws RocksDBException {
        assertThat(count(1, 3)).isZero();
        assertThat(count(1, 4)).isEqualTo(4);
    }

    @Test
    void deletedEntriesAreNotGoneThrough() throws RocksDBException {
        for (int key = 0; key < 250; key++) {
            put(1, key);
        }
        for (int key = 0; key < 250; key++) {
            database.delete(key(1, key));
        }
        put(1, 255);

        assertThat(count(1, 10)).isZero();
    }

    @Test
    void whatIsWrittenIsSeenOnceIteratorsWereClosed() throws RocksDBException {
        assertThat(read(1, 4)).isEmpty();
        put(1, 2);
        assertThat(read(1, 4)).isEmpty();

        lookups.close();

        assertThat(read(1, 4)).containsExactly(2);
    }

    private void put(int map, int key) throws RocksDBException {
        database.put(key(map, key), key(map, key));
    }

    private static byte[] key(int map, int key) {
        return new byte[] {(byte) map, (byte) key};
    }

    private static List<Slot> slots(int map, int keys) {
        List<Slot> slots = new ArrayList<>();
        for (int key = 0; key < keys; key++) {
            slots.add(new Slot(key(map, key)));
        }
        return slots;
    }

    private int count(int map, int keys) throws RocksDBException {
        return lookups.read(database, database.getDefaultColumnFamily(), options, slots(map, keys));
    }

    /** The keys that are there, all of which must have been read. */
    private List<Integer> read(int map, int keys) throws RocksDBException {
        List<Slot> slots = slots(map, keys);
        assertThat(lookups.read(database, database.getDefaultColumnFamily(), options, slots))
                .isEqualTo(keys);
        List<Integer> there = new ArrayList<>();
        for (Slot slot : slots) {
            assertThat(slot.isKnown()).isTrue();
            if (slot.value() != null) {
                assertThat(slot.value()).isEqualTo(slot.key);
                there.add((int) slot.key[1]);
            }
        }
        return there;
    }
}
