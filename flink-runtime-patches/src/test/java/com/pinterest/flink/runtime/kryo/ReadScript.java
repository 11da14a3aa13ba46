// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/** Reads random records from all views, and writes down what came out. */
public final class ReadScript implements Callable<String> {

    private final Random random;
    private final Session session;

    public ReadScript(long seed) {
        random = new Random(seed);
        session = new Session();
    }

    @Override
    public String call() throws Exception {
        Graphs graphs = new Graphs(random, Graphs.Bulk.AS_UPSTREAM);
        List<byte[]> records = new ArrayList<>();
        for (int record = 0; record <= random.nextInt(4); record++) {
            records.add(session.write(graphs.next()));
        }
        for (int round = 0; round < 2; round++) {
            for (Views view : Views.values()) {
                session.note(view);
                view.read(records, session::readOne);
            }
        }
        return session.toString();
    }
}
