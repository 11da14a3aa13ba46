// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.common;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A {@link ValueServer} in a process of its own, so that its CPU does not count. */
final class ServerProcess implements AutoCloseable {

    private final Process process;
    private final Writer input;
    private final int port;

    /** Starts it and waits until it listens. */
    ServerProcess(long latencyMillis) throws IOException {
        process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                // Otherwise responses wait for acknowledgements.
                                "-Dsun.net.httpserver.nodelay=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ValueServer.class.getName(),
                                Long.toString(latencyMillis))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        String line =
                new BufferedReader(
                                new InputStreamReader(
                                        process.getInputStream(), StandardCharsets.UTF_8))
                        .readLine();
        if (line == null) {
            throw new IOException("The server has not started");
        }
        port = Integer.parseInt(line);
    }

    String url() {
        return "http://localhost:" + port + "/values";
    }

    void setLatency(long millis) throws IOException {
        input.write(millis + "\n");
        input.flush();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
