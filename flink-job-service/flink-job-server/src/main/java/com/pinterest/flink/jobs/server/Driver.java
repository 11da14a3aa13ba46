// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.server.Storage.NoAnswerException;
import com.pinterest.flink.jobs.server.Storage.UnsupportedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process with Flink on its class path; {@code JobDriver} describes what it is asked. It is
 * started by the first call, and again by the first one after it has failed. Thread-safe.
 */
final class Driver implements AutoCloseable {

    private static final Duration RESTART_PAUSE = Duration.ofSeconds(10);

    private final List<String> command;
    private final Path log;
    private final Duration timeout;

    private Running running;
    private long startedAt;
    private boolean closed;

    /**
     * @param command that runs the driver
     * @param log for what it writes to its standard error
     * @param timeout for an answer; the process is killed then
     */
    Driver(List<String> command, Path log, Duration timeout) {
        this.command = command;
        this.log = log;
        this.timeout = timeout;
    }

    /** A running process. */
    private static final class Running {
        private final Process process;
        private final Map<Long, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();
        private long requests;

        Running(Process process) {
            this.process = process;
            Thread reader = new Thread(this::readAnswers, "driver-answers");
            reader.setDaemon(true);
            reader.start();
        }

        private void readAnswers() {
            try (BufferedReader answers =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
                for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                    int end = line.indexOf(' ');
                    CompletableFuture<String> answer =
                            waiting.remove(Long.parseLong(line.substring(0, end)));
                    if (answer != null) {
                        answer.complete(line.substring(end + 1));
                    }
                }
            } catch (IOException | RuntimeException e) {
                // No answer will come.
            }
            process.destroyForcibly();
            waiting.values().forEach(answer -> answer.cancel(false));
        }

        synchronized CompletableFuture<String> send(String request) throws IOException {
            long number = requests++;
            CompletableFuture<String> answer = new CompletableFuture<>();
            waiting.put(number, answer);
            OutputStream out = process.getOutputStream();
            out.write((number + " " + request + "\n").getBytes(UTF_8));
            out.flush();
            if (!process.isAlive()) {
                // The reader may have ended before it could see this one.
                answer.cancel(false);
            }
            return answer;
        }
    }

    private synchronized Running running() throws IOException {
        if (closed) {
            throw new NoAnswerException("the service is being stopped", null);
        }
        if (running != null && running.process.isAlive()) {
            return running;
        }
        if (running != null && System.nanoTime() - startedAt < RESTART_PAUSE.toNanos()) {
            throw new NoAnswerException(
                    "the driver has ended and is started again soon; " + lastWords(), null);
        }
        running = new Running(new ProcessBuilder(command).redirectError(log.toFile()).start());
        startedAt = System.nanoTime();
        return running;
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty()
                    ? "it wrote nothing to " + log
                    : log + " ends with: " + lines.get(lines.size() - 1);
        } catch (IOException e) {
            return "see " + log;
        }
    }

    /**
     * Asks, and kills the process if there is no answer in time.
     *
     * @return the fields of the answer; empty if there is no such thing
     * @throws NoAnswerException if there is no answer
     * @throws IOException if the answer is an error
     */
    Optional<List<byte[]>> call(String name, byte[]... arguments) throws IOException {
        Running used = running();
        try {
            return await(ask(used, name, List.of(arguments)), timeout);
        } catch (NoAnswerException e) {
            used.process.destroyForcibly();
            throw e;
        }
    }

    /**
     * Asks something that may take its time.
     *
     * @return is cancelled if the process ends
     * @throws NoAnswerException if it cannot be asked
     */
    CompletableFuture<String> ask(String name, List<byte[]> arguments) throws IOException {
        return ask(running(), name, arguments);
    }

    private CompletableFuture<String> ask(Running used, String name, List<byte[]> arguments)
            throws NoAnswerException {
        try {
            return used.send(request(name, arguments));
        } catch (IOException e) {
            throw new NoAnswerException("the driver has ended; " + lastWords(), e);
        }
    }

    /**
     * Waits for an answer, and not for ever.
     *
     * @return as that of {@link #call}
     */
    Optional<List<byte[]>> await(CompletableFuture<String> answer, Duration patience)
            throws IOException {
        String text;
        try {
            text = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new NoAnswerException(
                    "the driver has not answered for " + patience.toSeconds() + " s", e);
        } catch (ExecutionException | CancellationException e) {
            throw new NoAnswerException("the driver has ended; " + lastWords(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException("interrupted", e);
        }
        return decoded(text);
    }

    private static String request(String name, List<byte[]> arguments) {
        StringBuilder request = new StringBuilder(name);
        for (byte[] argument : arguments) {
            request.append(' ').append(Base64.getEncoder().encodeToString(argument));
        }
        return request.toString();
    }

    private static Optional<List<byte[]>> decoded(String answer) throws IOException {
        String[] fields = answer.split(" ", -1);
        List<byte[]> values = new ArrayList<>();
        for (int i = 1; i < fields.length; i++) {
            values.add(Base64.getDecoder().decode(fields[i]));
        }
        return switch (fields[0]) {
            case "OK" -> Optional.of(values);
            case "MISSING" -> Optional.empty();
            case "UNSUPPORTED" -> throw new UnsupportedException(new String(values.get(0), UTF_8));
            default -> throw new IOException(FlinkRest.causes(new String(values.get(0), UTF_8)));
        };
    }

    /** The value of a key in Flink's configuration, empty if it is not set. */
    String setting(String key) throws IOException {
        return call("CONFIG", key.getBytes(UTF_8))
                .map(values -> new String(values.get(0), UTF_8))
                .orElse("");
    }

    /** The version of Flink. */
    String version() throws IOException {
        return call("VERSION")
                .map(values -> new String(values.get(0), UTF_8))
                .orElseThrow(() -> new IOException("the driver has no version"));
    }

    /** Whether the process that was used last ends in some time. */
    boolean ends(Duration patience) throws InterruptedException {
        Process last;
        synchronized (this) {
            last = running.process;
        }
        return last.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (running != null) {
            running.process.destroyForcibly();
        }
    }
}
