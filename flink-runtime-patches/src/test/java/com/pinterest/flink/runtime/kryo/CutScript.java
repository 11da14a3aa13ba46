// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import java.io.ByteArrayInputStream;
import java.util.Random;
import java.util.concurrent.Callable;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;

/** Cuts a random record at each of its bytes, and writes down how reading it fails and where. */
public final class CutScript implements Callable<String> {

    private static final int LONGEST = 1500;

    private final Random random;
    private final Session session;

    public CutScript(long seed) {
        random = new Random(seed);
        session = new Session();
    }

    @Override
    public String call() throws Exception {
        Graphs graphs = new Graphs(random, Graphs.Bulk.NONE);
        byte[] record;
        do {
            Object value =
                    random.nextInt(6) == 0 ? new Inputs.Greedy(random.nextInt()) : graphs.next();
            record = session.write(value);
        } while (record.length > LONGEST);
        byte[] larger = new byte[record.length + 70];
        System.arraycopy(record, 0, larger, 7, record.length);
        for (int length = 0; length <= record.length + 63; length++) {
            DataInputDeserializer view = new DataInputDeserializer(larger, 7, length);
            session.note(length);
            session.attempt(view);
            session.note(view.getPosition());
            session.attempt(
                    new DataInputViewStreamWrapper(new ByteArrayInputStream(larger, 7, length)));
        }
        return session.toString();
    }
}
