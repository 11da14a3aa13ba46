// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An archive of a topic on an S3 endpoint. Run by ci/s3. */
@Tag("s3")
final class UnlimitedLogS3IT {

    @Order(1)
    @RegisterExtension
    static final S3Endpoint endpoint = new S3Endpoint();

    @Order(2)
    @RegisterExtension
    static final FlinkCluster cluster =
            endpoint.cluster(1).with("execution.checkpointing.interval", "1 s");

    @Test
    void archiveIsWrittenCheckedAndReplayed() throws Exception {
        try (KafkaProcess kafka = KafkaProcess.in(cluster.directory("kafka"))) {
            // given rows that are archived, and that Kafka has forgotten
            Path jar = LogJob.fatJar(cluster.directory("job").resolve("job.jar"));
            Flights flights = Flights.in(cluster.directory("flights"), 20_000);
            String archive = "s3://" + S3Endpoint.BUCKET + "/log";
            kafka.topic(jar, "create", "flights");
            kafka.topic(jar, "produce", "flights", flights.input(), 1, 15_000);
            kafka.archive(cluster.installation(), "flights", archive);
            kafka.checkArchive(cluster.installation(), archive);
            kafka.topic(jar, "forget", "flights");

            // when
            String job =
                    cluster.submit(
                            LogJob.command(jar, flights, kafka.brokers(), "flights", archive));
            kafka.topic(jar, "produce", "flights", flights.input(), 15_001, 20_000);

            // then
            cluster.awaitRowsRead(job, 20_000);
            cluster.flink("stop", "--drain", job).succeeded();
            cluster.awaitState(job, "FINISHED");
            flights.assertComplete();
        }
    }
}
