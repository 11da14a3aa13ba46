// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.util.IOUtils;

/**
 * The writer of one tier. Its methods run in the task's thread.
 *
 * @param <T> the type of the records
 */
interface TierWriter<T> extends StatefulSinkWriter<T, TierItem>, CommittingSinkWriter<T, TierItem> {

    @Override
    void close() throws IOException;

    /** Closes all that is not null, also if some of it fails. */
    static void closeAll(AutoCloseable... resources) throws IOException {
        try {
            IOUtils.closeAll(resources);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Cannot close a part of the sink", e);
        }
    }
}
