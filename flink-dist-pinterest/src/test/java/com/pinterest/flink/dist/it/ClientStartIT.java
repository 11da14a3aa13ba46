// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.apache.flink.client.deployment.ClusterClientFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What bin/flink does about a cluster client in lib/ that the JVM cannot load. */
final class ClientStartIT {

    private static final String SERVICE = ClusterClientFactory.class.getName();

    private FlinkInstallation installation;
    private Path lib;

    @BeforeEach
    void prepare() throws Exception {
        installation = FlinkInstallation.of(FlinkTree.DISTRIBUTION);
        lib = installation.directory("lib");
        for (Path jar : installation.tree().libJars()) {
            Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
        }
        installation.setEnvironment("FLINK_LIB_DIR", lib.toString());
        installation.configure(
                Map.of(
                        "rest.port",
                        Integer.toString(Ports.free()),
                        "rest.retry.max-attempts",
                        "1"));
    }

    @AfterEach
    void close() throws Exception {
        installation.close();
    }

    @Test
    void clientWithAMissingClassIsSkipped() throws Exception {
        // given a class whose superclass is in no jar: hasNext() of the ServiceLoader throws this
        // on each version of Java, and more on 24 and later
        new Fixtures(lib)
                .jar(
                        "incomplete.jar",
                        Map.of(
                                "com.example.Incomplete",
                                """
                                package com.example;
                                public class Incomplete extends Missing {}
                                class Missing {}
                                """),
                        List.of(),
                        Map.of(),
                        Map.of(SERVICE, "com.example.Incomplete"));

        // when
        ProcessResult version = installation.run("flink", "--version");
        ProcessResult list = installation.run("flink", "list");

        // then one command succeeds, and one gets as far as the cluster, which is not there
        assertThat(version.succeeded().stdout()).startsWith("Version: ");
        assertThat(list.exitCode()).as(list.toString()).isEqualTo(1);
        assertThat(list.stderr()).contains("Connection refused");
        assertThat(installation.log("client"))
                .contains("INFO", "Could not load factory due to missing dependencies");
    }

    @Test
    void errorBeforeTheFirstActionIsPrinted() throws Exception {
        // given a class file of a Java to come
        Path jar = lib.resolve("newer.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("META-INF/services/" + SERVICE));
            out.write("com.example.Newer".getBytes(UTF_8));
            out.putNextEntry(new ZipEntry("com/example/Newer.class"));
            out.write(ByteBuffer.allocate(16).putInt(0xCAFEBABE).putInt(999).array());
        }

        // when
        ProcessResult version = installation.run("flink", "--version");

        // then
        assertThat(version.exitCode()).as(version.toString()).isEqualTo(31);
        assertThat(version.stderr())
                .contains("UnsupportedClassVersionError: com/example/Newer", "999.0");
        assertThat(installation.log("client")).contains("ERROR", "UnsupportedClassVersionError");
    }
}
