// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** An aggregation with mini-batch that the SQL client runs, of more rows than keys. */
final class SqlAggregation {

    private SqlAggregation() {}

    /** Runs it on the cluster of an installation, and checks that it gives each result once. */
    static ProcessResult run(FlinkInstallation installation) throws Exception {
        // given fewer rows than a bundle holds
        Path script =
                installation.write(
                        "files/aggregation.sql",
                        """
                        SET 'execution.runtime-mode' = 'streaming';
                        SET 'sql-client.execution.result-mode' = 'tableau';
                        SET 'table.exec.mini-batch.enabled' = 'true';
                        SET 'table.exec.mini-batch.allow-latency' = '1 d';
                        SET 'table.exec.mini-batch.size' = '1000';

                        CREATE TABLE numbers (n BIGINT) WITH (
                            'connector' = 'datagen',
                            'number-of-rows' = '100',
                            'fields.n.kind' = 'sequence',
                            'fields.n.start' = '1',
                            'fields.n.end' = '100'
                        );

                        SELECT MOD(n, 2) AS odd, COUNT(*) AS c, SUM(n) AS s
                        FROM numbers
                        GROUP BY MOD(n, 2);
                        """);

        // when
        ProcessResult client =
                installation.run("sql-client.sh", "-f", script.toString()).succeeded();

        // then there is no row that a later one corrects
        assertThat(client.stdout())
                .containsPattern("\\| \\+I \\| +0 \\| +50 \\| +2550 \\|")
                .containsPattern("\\| \\+I \\| +1 \\| +50 \\| +2500 \\|")
                .contains("Received a total of 2 rows")
                .doesNotContain("-U", "+U");
        return client;
    }
}
