// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A headless Chromium with one page, driven over its DevTools protocol. */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long ANSWER_SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final String session;
    private final AtomicInteger number = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    /** The program, if this machine has it. */
    static Optional<Path> program() {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
                Path program = Path.of(directory, name);
                if (Files.isExecutable(program)) {
                    return Optional.of(program);
                }
            }
        }
        return Optional.empty();
    }

    Browser(Path program, Path profile) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + profile,
                                "about:blank"));
        process =
                new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        String address = address(process);
        socket =
                HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .buildAsync(URI.create(address), new Listener())
                        .get(ANSWER_SECONDS, TimeUnit.SECONDS);
        String target =
                call("", "Target.createTarget", JSON.createObjectNode().put("url", "about:blank"))
                        .path("targetId")
                        .asText();
        session =
                call(
                                "",
                                "Target.attachToTarget",
                                JSON.createObjectNode()
                                        .put("targetId", target)
                                        .put("flatten", true))
                        .path("sessionId")
                        .asText();
        call("Page.enable", JSON.createObjectNode());
        call("Runtime.enable", JSON.createObjectNode());
        call("Log.enable", JSON.createObjectNode());
    }

    private static String address(Process process) throws IOException {
        BufferedReader errors = process.errorReader();
        for (String line = errors.readLine(); line != null; line = errors.readLine()) {
            int at = line.indexOf("ws://");
            if (at >= 0) {
                // What it says later has to be read, too, so that it does not wait.
                Thread reader = new Thread(() -> errors.lines().forEach(unused -> {}));
                reader.setDaemon(true);
                reader.start();
                return line.substring(at).strip();
            }
        }
        throw new IOException("the browser did not start");
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                take(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void take(String text) {
        JsonNode message;
        try {
            message = JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(text, e);
        }
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt());
            if (message.has("error")) {
                answer.completeExceptionally(new IOException(message.path("error").toString()));
            } else {
                answer.complete(message.path("result"));
            }
            return;
        }
        String method = message.path("method").asText();
        JsonNode entry = message.at("/params/entry");
        if (method.equals("Runtime.exceptionThrown")
                || (method.equals("Log.entryAdded") && entry.path("level").asText().equals("error"))
                || (method.equals("Runtime.consoleAPICalled")
                        && message.at("/params/type").asText().equals("error"))) {
            complaints.add(message.path("params").toString());
        }
    }

    /** What the browser has complained about: exceptions of scripts, breaches of the policy. */
    List<String> complaints() {
        return complaints;
    }

    JsonNode call(String method, ObjectNode parameters) throws Exception {
        return call(session, method, parameters);
    }

    private JsonNode call(String of, String method, ObjectNode parameters) throws Exception {
        int id = number.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", parameters);
        if (!of.isEmpty()) {
            message.put("sessionId", of);
        }
        synchronized (this) {
            socket.sendText(message.toString(), true).get(ANSWER_SECONDS, TimeUnit.SECONDS);
        }
        return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    }

    /** The value of an expression in the page. */
    JsonNode evaluate(String expression) throws Exception {
        JsonNode answer =
                call(
                        "Runtime.evaluate",
                        JSON.createObjectNode()
                                .put("expression", expression)
                                .put("awaitPromise", true)
                                .put("returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
        }
        return answer.at("/result/value");
    }

    /** Waits until an expression is true. */
    void await(String expression) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
        while (!isTrue(expression)) {
            if (System.nanoTime() > until) {
                throw new AssertionError(
                        expression
                                + " is not true of "
                                + evaluate("location.href + ' ' + document.body.innerText"));
            }
            Thread.sleep(50);
        }
    }

    private boolean isTrue(String expression) throws Exception {
        try {
            return evaluate("Boolean(" + expression + ")").asBoolean();
        } catch (java.util.concurrent.ExecutionException e) {
            // The page has just gone.
            return false;
        }
    }

    /** Opens a page and waits until its scripts have run. */
    void open(String address) throws Exception {
        call("Page.navigate", JSON.createObjectNode().put("url", address));
        String path = URI.create(address).getPath();
        await("document.readyState === 'complete' && location.pathname === '" + path + "'");
    }

    void show(int width, int height, boolean dark) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                JSON.createObjectNode()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", width < 600));
        ObjectNode media = JSON.createObjectNode();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", dark ? "dark" : "light");
        call("Emulation.setEmulatedMedia", media);
    }

    /** Presses and releases a key. */
    void press(String key, int code, String text) throws Exception {
        for (String type : List.of("keyDown", "keyUp")) {
            ObjectNode event =
                    JSON.createObjectNode()
                            .put("type", type)
                            .put("key", key)
                            .put("code", key)
                            .put("windowsVirtualKeyCode", code);
            if (type.equals("keyDown") && !text.isEmpty()) {
                event.put("text", text);
            }
            call("Input.dispatchKeyEvent", event);
        }
    }

    void type(String text) throws Exception {
        call("Input.insertText", JSON.createObjectNode().put("text", text));
    }

    /** A picture of the page, as PNG. */
    byte[] picture(boolean whole) throws Exception {
        JsonNode answer =
                call(
                        "Page.captureScreenshot",
                        JSON.createObjectNode()
                                .put("format", "png")
                                .put("captureBeyondViewport", whole));
        return Base64.getDecoder().decode(answer.path("data").asText());
    }

    @Override
    public void close() {
        socket.abort();
        // Its children, too.
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().join());
    }
}
