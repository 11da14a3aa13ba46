// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import com.pinterest.flink.jobs.cli.Output.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Where the service is, and who asks. */
final class Connection {

    @Option(
            names = "--server",
            paramLabel = "URL",
            description =
                    "Address of the service. Default: $FLINK_JOBS_SERVER, or the service of this"
                            + " host and user")
    private String server;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "File with the token. Default: $FLINK_JOBS_TOKEN, or that of the service of"
                            + " this host and user")
    private Path tokenFile;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "PEM file with the certificates to trust. Default: $FLINK_JOBS_CA, those that"
                            + " Java trusts, or that of the service of this host and user")
    private Path caFile;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json or yaml. Default: table")
    private String output;

    Client client() {
        Path data =
                Path.of(
                        variable(
                                "FLINK_JOB_SERVICE_DATA",
                                Path.of(System.getProperty("user.home"), ".flink-job-service")
                                        .toString()));
        String address =
                server != null
                        ? server
                        : variable("FLINK_JOBS_SERVER", read(data.resolve("address"), "--server"));
        String token =
                tokenFile != null
                        ? read(tokenFile, "--token-file")
                        : variable(
                                "FLINK_JOBS_TOKEN",
                                read(data.resolve("admin.token"), "--token-file"));
        return new Client(
                address.endsWith("/") ? address.substring(0, address.length() - 1) : address,
                token,
                certificates(data));
    }

    /** The certificates to trust, empty for those of Java. */
    private String certificates(Path data) {
        String variable = variable("FLINK_JOBS_CA", "");
        if (caFile != null || !variable.isEmpty()) {
            return read(caFile != null ? caFile : Path.of(variable), "--ca-file");
        }
        boolean isLocal = server == null && variable("FLINK_JOBS_SERVER", "").isEmpty();
        return isLocal ? read(data.resolve("certificate.pem"), "") : "";
    }

    Output output() {
        for (Format format : Format.values()) {
            if (format.name().equals(output.toUpperCase(Locale.ROOT))) {
                return new Output(System.out, format);
            }
        }
        throw new CliException(ExitCode.USAGE, "-o has to be table, json or yaml: " + output);
    }

    private static String variable(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    /** The text of a file; empty for a file of a default that is not there. */
    private static String read(Path file, String option) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            boolean isChosen =
                    option.equals("--ca-file")
                            || (option.equals("--token-file") && !file.endsWith("admin.token"));
            if (isChosen) {
                throw new CliException(ExitCode.USAGE, "cannot read " + file);
            }
            return "";
        }
    }
}
