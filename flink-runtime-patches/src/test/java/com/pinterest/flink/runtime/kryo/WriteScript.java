// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import java.util.Random;
import java.util.concurrent.Callable;

/** Writes random records, with arrays that upstream reads too much for, and tells their bytes. */
public final class WriteScript implements Callable<String> {

    private final Random random;
    private final Session session;

    public WriteScript(long seed) {
        random = new Random(seed);
        session = new Session();
    }

    @Override
    public String call() throws Exception {
        Graphs graphs = new Graphs(random, Graphs.Bulk.ANY);
        for (int record = 0; record <= random.nextInt(4); record++) {
            session.write(graphs.next());
        }
        return session.toString();
    }
}
