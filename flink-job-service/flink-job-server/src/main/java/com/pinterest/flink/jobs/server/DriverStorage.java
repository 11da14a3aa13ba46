// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file systems of Flink, through a {@link Driver}. */
final class DriverStorage implements Storage {

    private final Driver driver;

    DriverStorage(Driver driver) {
        this.driver = driver;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public Optional<List<Entry>> list(String directory) throws IOException {
        return driver.call("LIST", bytes(directory)).map(DriverStorage::entries);
    }

    private static List<Entry> entries(List<byte[]> values) {
        List<Entry> entries = new ArrayList<>();
        for (byte[] value : values) {
            String[] fields = new String(value, UTF_8).split(" ", 3);
            entries.add(new Entry(fields[2], fields[0].equals("d"), Long.parseLong(fields[1])));
        }
        return entries;
    }

    @Override
    public Optional<byte[]> read(String file, int bytes) throws IOException {
        return driver.call("READ", bytes(file), bytes(Integer.toString(bytes)))
                .map(values -> values.get(0));
    }

    @Override
    public void write(String file, byte[] content) throws IOException {
        if (driver.call("WRITE", bytes(file), content).isEmpty()) {
            throw new IOException(file + " cannot be written");
        }
    }

    @Override
    public void delete(String path) throws IOException {
        driver.call("DELETE", bytes(path));
    }

    /** A file system that answers is there. */
    @Override
    public boolean isMounted(String directory) {
        return true;
    }
}
