// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.runtime.placement.Locality;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.taskmanager.TaskManagerLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TaskManagers that do not say where they are are found in the file, by any of their names. */
class LocalityFileTest {

    @TempDir private Path directory;

    @Test
    void findsTaskManagersByTheirNames() throws Exception {
        LocalityFile file =
                write(
                        "# comment",
                        "",
                        "tm-1 zone=a,rack=r1",
                        "node-2  rack=r2",
                        "10.0.0.3\tzone=c");

        assertThat(file.localityOf(location("tm-1", "", "node-9", "10.0.0.9")).zone())
                .isEqualTo("a");
        assertThat(file.localityOf(location("tm-2", "", "node-2", "10.0.0.9")).rack())
                .isEqualTo("r2");
        assertThat(file.localityOf(location("tm-3", "", "node-9", "10.0.0.3")).zone())
                .isEqualTo("c");
        assertThat(file.localityOf(location("tm-4", "", "node-9", "10.0.0.9")))
                .isEqualTo(Locality.UNKNOWN);
    }

    @Test
    void whatATaskManagerSaysItselfGoesFirst() throws Exception {
        LocalityFile file = write("tm-1 zone=a,rack=r1");

        assertThat(file.localityOf(location("tm-1", "zone=b", "node-1", "10.0.0.1")))
                .hasToString("zone=b,rack=r1");
    }

    @Test
    void withoutAFileNothingIsKnown() throws Exception {
        assertThat(LocalityFile.of(null).localityOf(location("tm-1", "", "node-1", "10.0.0.1")))
                .isEqualTo(Locality.UNKNOWN);
    }

    @Test
    void refusesAFileThatIsNotThereOrMakesNoSense() {
        assertThatThrownBy(() -> LocalityFile.of(directory.resolve("none").toString()))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageContaining("scheduler.placement.locality-file");
        assertThatThrownBy(() -> write("tm-1"))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageContaining("zone=a,rack=r1");
    }

    private LocalityFile write(String... lines) throws Exception {
        Path file = directory.resolve("localities");
        Files.write(file, List.of(lines));
        return LocalityFile.of(file.toString());
    }

    private static TaskManagerLocation location(
            String id, String metadata, String node, String address) throws Exception {
        InetAddress inetAddress = InetAddress.getByName(address);
        return new TaskManagerLocation(
                new ResourceID(id, metadata),
                inetAddress,
                42,
                new TaskManagerLocation.IpOnlyHostNameSupplier(inetAddress),
                node);
    }
}
