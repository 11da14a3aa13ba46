// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver over streams, with the local file system of Flink. */
final class JobDriverTest {

    @TempDir private Path directory;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private PrintStream requests;
    private BufferedReader answers;
    private Future<?> served;

    @BeforeEach
    void start() throws IOException {
        PipedOutputStream in = new PipedOutputStream();
        PipedInputStream served = new PipedInputStream(in);
        PipedInputStream out = new PipedInputStream(1 << 20);
        JobDriver driver =
                new JobDriver(
                        Configuration.fromMap(Map.of("key", "value")),
                        new PrintStream(new PipedOutputStream(out), false, UTF_8));
        requests = new PrintStream(in, true, UTF_8);
        answers = new BufferedReader(new InputStreamReader(out, UTF_8));
        this.served =
                thread.submit(
                        () -> {
                            driver.serve(served);
                            return null;
                        });
    }

    @AfterEach
    void end() throws Exception {
        requests.close();
        served.get();
        thread.shutdown();
    }

    /** Returns the answer without its number, decoded. */
    private List<String> ask(String command, String... arguments) throws IOException {
        StringBuilder request = new StringBuilder("7 ").append(command);
        for (String argument : arguments) {
            request.append(' ')
                    .append(Base64.getEncoder().encodeToString(argument.getBytes(UTF_8)));
        }
        requests.println(request);
        String[] fields = answers.readLine().split(" ", -1);
        assertThat(fields[0]).isEqualTo("7");
        List<String> answer = new ArrayList<>();
        answer.add(fields[1]);
        for (int i = 2; i < fields.length; i++) {
            answer.add(new String(Base64.getDecoder().decode(fields[i]), UTF_8));
        }
        return answer;
    }

    @Test
    void filesAreWrittenListedReadAndDeleted() throws IOException {
        String root = directory.toUri().toString();
        assertThat(ask("WRITE", root + "a/first file", "12 aa\n")).containsExactly("OK");
        assertThat(ask("WRITE", root + "a/first file", "13 bb\n")).containsExactly("OK");
        assertThat(ask("READ", root + "a/first file", "4")).containsExactly("OK", "13 b");
        assertThat(ask("READ", root + "a/first file", "100")).containsExactly("OK", "13 bb\n");
        String copy = directory.resolve("copy").toString();
        assertThat(ask("COPY", root + "a/first file", copy, "100")).containsExactly("OK");
        assertThat(Path.of(copy)).hasContent("13 bb\n");
        assertThat(ask("COPY", root + "a/first file", copy, "2")).containsExactly("OK");
        assertThat(Path.of(copy)).hasContent("13");
        assertThat(ask("COPY", root + "a/none", copy, "2")).containsExactly("MISSING");
        Files.createDirectory(directory.resolve("a/b"));

        List<String> list = ask("LIST", root + "a");
        assertThat(list.get(0)).isEqualTo("OK");
        assertThat(list.subList(1, list.size()))
                .anyMatch(entry -> entry.matches("f [1-9][0-9]{11,} first file"))
                .anyMatch(entry -> entry.matches("d [0-9]+ b"))
                .hasSize(2);

        assertThat(ask("DELETE", root + "a")).containsExactly("OK");
        assertThat(directory.resolve("a")).doesNotExist();
        assertThat(ask("DELETE", root + "a")).containsExactly("OK");
    }

    @Test
    void whatIsNotThereIsMissing() throws IOException {
        String nothing = directory.resolve("nothing").toUri().toString();
        assertThat(ask("LIST", nothing)).containsExactly("MISSING");
        assertThat(ask("READ", nothing, "1")).containsExactly("MISSING");
    }

    @Test
    void configurationIsToldByKey() throws IOException {
        assertThat(ask("CONFIG", "key")).containsExactly("OK", "value");
        assertThat(ask("CONFIG", "other")).containsExactly("MISSING");
    }

    @Test
    void whatCannotBeDoneIsAnError() throws IOException {
        Files.writeString(directory.resolve("file"), "");
        assertThat(ask("WRITE", directory.resolve("file/a").toUri().toString(), "text").get(0))
                .isEqualTo("ERROR");
        assertThat(ask("SHRED", "file:/a").get(1)).contains("unknown command SHRED");
        assertThat(ask("READ").get(1)).contains("a field is missing");
        List<String> unsupported = ask("LIST", "gopher://host/a");
        assertThat(unsupported.get(0)).isEqualTo("UNSUPPORTED");
        assertThat(unsupported.get(1)).contains("'gopher'");
    }
}
