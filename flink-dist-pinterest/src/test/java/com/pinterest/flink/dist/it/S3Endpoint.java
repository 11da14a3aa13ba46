// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An S3 endpoint in a process of its own, with one bucket, in memory. */
final class S3Endpoint implements BeforeAllCallback, AfterAllCallback {

    static final String BUCKET = "flink";

    private static final String ACCESS_KEY = "access";
    private static final String SECRET_KEY = "secret";

    /** The build's directory with the program, and with the libraries that it needs. */
    private static final Path PROGRAM = Path.of(FlinkTree.property("s3.test.endpoint"));

    private static final String LAUNCHER = "com.pinterest.flink.s3.S3TestEndpoint";

    private FlinkInstallation files;
    private Path directory;
    private RunningProcess process;
    private String url;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        files = FlinkInstallation.of(FlinkTree.DISTRIBUTION);
        directory = files.directory("s3");
        Path address = directory.resolve("address");
        process =
                RunningProcess.startWithInput(
                        directory,
                        Map.of("PATH", System.getenv("PATH"), "LANG", "C.UTF-8"),
                        RunningProcess.javaCommand(
                                List.of(
                                        "-Xmx512m",
                                        "-cp",
                                        PROGRAM.resolve("classes")
                                                + ":"
                                                + PROGRAM.resolve("libraries")
                                                + "/*",
                                        LAUNCHER,
                                        BUCKET,
                                        ACCESS_KEY,
                                        SECRET_KEY,
                                        address.toString(),
                                        directory.resolve("objects").toString())));
        Await.until(
                "the end of the S3 endpoint, or its address",
                () -> !process.handle().isAlive() || Files.exists(address));
        assertThat(address).as("the output of the endpoint is in %s", directory).exists();
        url = Files.readString(address);
    }

    /** What the native S3 file system needs to be told. */
    private Map<String, String> settings() {
        return Map.of(
                "s3.endpoint", url,
                "s3.access-key", ACCESS_KEY,
                "s3.secret-key", SECRET_KEY,
                "s3.region", "us-east-1",
                "s3.path-style-access", "true",
                // S3Proxy does not know what these turn off.
                "s3.async.enabled", "false",
                "s3.chunked-encoding.enabled", "false",
                "s3.checksum-validation.enabled", "false");
    }

    /** A cluster that has this endpoint as its S3. */
    FlinkCluster cluster(int taskManagers) {
        return FlinkCluster.of(FlinkTree.DISTRIBUTION, taskManagers)
                .withPlugin("flink-s3-fs-native-*.jar")
                .with(this::settings);
    }

    /**
     * Ends the endpoint, and returns the objects in a directory, those in directories below it left
     * out: the file system keeps the ends of open files there.
     */
    List<Path> endWithObjects(String prefix) throws IOException, InterruptedException {
        process.endInput("").await(Await.PATIENCE).succeeded();
        String name = URLEncoder.encode(prefix + "/", UTF_8);
        return FlinkTree.files(directory.resolve("objects"), name + "*").stream()
                .filter(
                        object ->
                                !object.getFileName()
                                        .toString()
                                        .substring(name.length())
                                        .contains("%2F"))
                .toList();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        process.handle().destroyForcibly();
        files.close();
    }
}
