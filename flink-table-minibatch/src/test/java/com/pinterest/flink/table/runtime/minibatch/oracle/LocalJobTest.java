// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job in one thread makes what a cluster makes of it. */
class LocalJobTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(1)
                            .build());

    /** Queries whose result is right, so that it does not hang on the order between tables. */
    private static final int QUERIES = 12;

    @Test
    void resultIsThatOfACluster(@InjectMiniCluster MiniCluster cluster) throws Exception {
        int done = 0;
        for (long seed = 1; done < QUERIES; seed++) {
            SqlCase sql = SqlCase.random(seed);
            try {
                sql.compile();
            } catch (Exception e) {
                // Not all queries can be planned.
                continue;
            }
            History history = sql.history(1);
            if (sql.compare(history) == null) {
                assertThat(sql.streamingResult(history, cluster).toString())
                        .as("%s", sql)
                        .isEqualTo(sql.streamingResult(history).toString());
                done++;
            }
        }
    }

    @Test
    void resultIsTheSameEachTime() throws Exception {
        SqlCase sql = SqlCase.random(2);
        sql.compile();
        History history = sql.history(3);

        assertThat(sql.streamingResult(history).changes())
                .isEqualTo(sql.streamingResult(history).changes());
    }
}
