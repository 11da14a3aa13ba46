// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

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
 * The file systems of Flink, through a process with Flink on its class path: {@code
 * FileSystemDriver} describes what it is asked. The process is started by the first call, and again
 * by the first one after it has failed.
 */
final class DriverStorage implements Storage, AutoCloseable {

    private static final Duration RESTART_PAUSE = Duration.ofSeconds(10);

    private final List<String> command;
    private final Path log;
    private final Duration timeout;

    private Driver driver;
    private long startedAt;
    private boolean closed;

    /**
     * @param command that runs the driver
     * @param log for what it writes to its standard error
     * @param timeout for an answer; the driver is killed then
     */
    DriverStorage(List<String> command, Path log, Duration timeout) {
        this.command = command;
        this.log = log;
        this.timeout = timeout;
    }

    /** A running process. */
    private static final class Driver {
        private final Process process;
        private final Map<Long, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();
        private long requests;

        Driver(Process process) {
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

    private synchronized Driver driver() throws IOException {
        if (closed) {
            throw new NoAnswerException("the service is being stopped", null);
        }
        if (driver != null && driver.process.isAlive()) {
            return driver;
        }
        if (driver != null && System.nanoTime() - startedAt < RESTART_PAUSE.toNanos()) {
            throw new NoAnswerException(
                    "the driver has ended and is started again soon; " + lastWords(), null);
        }
        driver = new Driver(new ProcessBuilder(command).redirectError(log.toFile()).start());
        startedAt = System.nanoTime();
        return driver;
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

    /** Returns the fields of the answer; empty if there is no such file. */
    private Optional<List<byte[]>> call(String name, byte[]... arguments) throws IOException {
        StringBuilder request = new StringBuilder(name);
        for (byte[] argument : arguments) {
            request.append(' ').append(Base64.getEncoder().encodeToString(argument));
        }
        Driver used = driver();
        String answer;
        try {
            answer = used.send(request.toString()).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            used.process.destroyForcibly();
            throw new NoAnswerException(
                    "the driver has not answered for " + timeout.toSeconds() + " s", e);
        } catch (ExecutionException | CancellationException | IOException e) {
            throw new NoAnswerException("the driver has ended; " + lastWords(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException("interrupted", e);
        }
        String[] fields = answer.split(" ", -1);
        List<byte[]> values = new ArrayList<>();
        for (int i = 1; i < fields.length; i++) {
            values.add(Base64.getDecoder().decode(fields[i]));
        }
        return switch (fields[0]) {
            case "OK" -> Optional.of(values);
            case "MISSING" -> Optional.empty();
            case "UNSUPPORTED" -> throw new UnsupportedException(new String(values.get(0), UTF_8));
            default -> throw new IOException(new String(values.get(0), UTF_8));
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public Optional<List<Entry>> list(String directory) throws IOException {
        return call("LIST", bytes(directory)).map(DriverStorage::entries);
    }

    private static List<Entry> entries(List<byte[]> values) {
        List<Entry> entries = new ArrayList<>();
        for (byte[] value : values) {
            String[] fields = new String(value, UTF_8).split(" ", 3);
            entries.add(new Entry(fields[2], fields[0].equals("d"), Long.parseLong(fields[1])));
        }
        return entries;
    }

    @Override
    public Optional<byte[]> read(String file, int bytes) throws IOException {
        return call("READ", bytes(file), bytes(Integer.toString(bytes)))
                .map(values -> values.get(0));
    }

    @Override
    public void write(String file, byte[] content) throws IOException {
        if (call("WRITE", bytes(file), content).isEmpty()) {
            throw new IOException(file + " cannot be written");
        }
    }

    @Override
    public void delete(String path) throws IOException {
        call("DELETE", bytes(path));
    }

    /** A file system that answers is there. */
    @Override
    public boolean isMounted(String directory) {
        return true;
    }

    /** Waits until the process that was used last has ended. */
    void awaitEnd() throws InterruptedException {
        Process last;
        synchronized (this) {
            last = driver.process;
        }
        last.waitFor();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (driver != null) {
            driver.process.destroyForcibly();
        }
    }
}
