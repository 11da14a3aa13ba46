// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP server that keeps objects and multipart uploads in memory, and speaks as much of S3's
 * protocol as recoverable writers do. As S3, it refuses parts of an upload that was aborted, and
 * completes an upload of the parts that the request names.
 */
final class S3Endpoint implements AutoCloseable {

    private static final Pattern PART_NUMBER = Pattern.compile("partNumber=(\\d+)");
    private static final Pattern UPLOAD = Pattern.compile("uploadId=([^&]+)");
    private static final Pattern PART_TO_COMPLETE = Pattern.compile("<PartNumber>(\\d+)<");

    private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Map<String, Map<Integer, byte[]>> uploads = new ConcurrentHashMap<>();
    private final HttpServer server;

    S3Endpoint() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The bytes of an object, which is named with its bucket: {@code bucket/key}. */
    byte[] object(String name) {
        return objects.get(name);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try {
            String name = exchange.getRequestURI().getPath().substring(1);
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            byte[] body = exchange.getRequestBody().readAllBytes();
            switch (exchange.getRequestMethod()) {
                case "POST":
                    if (query.startsWith("uploads")) {
                        String upload = "upload-" + uploads.size();
                        uploads.put(upload, new ConcurrentHashMap<>());
                        answer(exchange, 200, "<R><UploadId>" + upload + "</UploadId></R>");
                    } else {
                        complete(exchange, name, query, new String(body, UTF_8));
                    }
                    break;
                case "PUT":
                    put(exchange, name, query, body);
                    break;
                case "DELETE":
                    if (query.contains("uploadId=")) {
                        uploads.remove(first(UPLOAD, query));
                    } else {
                        objects.remove(name);
                    }
                    answer(exchange, 204, "");
                    break;
                default:
                    byte[] object = objects.get(name);
                    if (object == null) {
                        answer(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>");
                    } else {
                        answer(exchange, 200, object);
                    }
            }
        } finally {
            exchange.close();
        }
    }

    private void put(HttpExchange exchange, String name, String query, byte[] body)
            throws IOException {
        if (query.contains("uploadId=")) {
            Map<Integer, byte[]> parts = uploads.get(first(UPLOAD, query));
            if (parts == null) {
                answer(exchange, 404, "<Error><Code>NoSuchUpload</Code></Error>");
                return;
            }
            parts.put(Integer.valueOf(first(PART_NUMBER, query)), body);
        } else {
            objects.put(name, body);
        }
        exchange.getResponseHeaders().set("ETag", "\"tag\"");
        answer(exchange, 200, "");
    }

    private void complete(HttpExchange exchange, String name, String query, String request)
            throws IOException {
        Map<Integer, byte[]> parts = uploads.remove(first(UPLOAD, query));
        if (parts == null) {
            answer(exchange, 404, "<Error><Code>NoSuchUpload</Code></Error>");
            return;
        }
        Map<Integer, byte[]> sorted = new TreeMap<>();
        Matcher number = PART_TO_COMPLETE.matcher(request);
        while (number.find()) {
            int part = Integer.parseInt(number.group(1));
            sorted.put(part, parts.get(part));
        }
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        sorted.values().forEach(object::writeBytes);
        objects.put(name, object.toByteArray());
        answer(exchange, 200, "<R><ETag>tag</ETag></R>");
    }

    private static String first(Pattern pattern, String query) {
        Matcher matcher = pattern.matcher(query);
        if (!matcher.find()) {
            throw new IllegalArgumentException(pattern + " is not in " + query);
        }
        return matcher.group(1);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        answer(exchange, status, body.getBytes(UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
