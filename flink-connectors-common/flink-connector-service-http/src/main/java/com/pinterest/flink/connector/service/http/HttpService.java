// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import static org.apache.flink.util.Preconditions.checkArgument;
import static org.apache.flink.util.Preconditions.checkNotNull;

import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceProtocol;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.annotation.PublicEvolving;

/**
 * A service that is called by HTTP/1.1. Immutable.
 *
 * <p>The status of a response decides what happens: 200, 201 and 202 have an answer; 204 says that
 * there is no value, and so does 404 in answer to a GET. After 429 and 503 the call is repeated as
 * soon as {@code Retry-After} says, 400, 406, 413, 415 and 422 are not repeated, all others are if
 * the service is idempotent. Redirects are not followed.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@PublicEvolving
public final class HttpService<K, V> implements ServiceProtocol<K, V> {

    private static final long serialVersionUID = 1;

    private static final String KEY = "{key}";

    private final String url;
    private final boolean post;
    private final boolean idempotent;
    private final HttpFormat<K, V> format;
    private final LinkedHashMap<String, String> headers;

    private HttpService(
            String url,
            boolean post,
            boolean idempotent,
            HttpFormat<K, V> format,
            Map<String, String> headers) {
        this.url = url;
        this.post = post;
        this.idempotent = idempotent;
        this.format = checkNotNull(format, "format");
        this.headers = new LinkedHashMap<>(headers);
        URI example = URI.create(url.replace(KEY, "0"));
        String scheme = String.valueOf(example.getScheme()).toLowerCase(Locale.ROOT);
        checkArgument(
                (scheme.equals("http") || scheme.equals("https")) && example.getHost() != null,
                "The URL of an HTTP service must begin with http:// or https:// and a host: %s",
                url);
    }

    /**
     * A service with one key a call, by GET. It is idempotent.
     *
     * @param url has {@code {key}} in place of the key, whose {@code toString()} is encoded for it
     */
    public static <K, V> HttpService<K, V> get(String url, HttpFormat<K, V> format) {
        checkArgument(url.contains(KEY), "The URL of a GET must contain %s: %s", KEY, url);
        return new HttpService<>(url, false, true, format, Map.of());
    }

    /** A service with several keys a call, in the body of a POST. See {@link #idempotent}. */
    public static <K, V> HttpService<K, V> post(String url, HttpFormat<K, V> format) {
        return new HttpService<>(url, true, false, format, Map.of());
    }

    /**
     * Declares that calls may be repeated, as those of a look-up. Without it, a POST is repeated
     * only if the service was not reached or has refused it.
     */
    public HttpService<K, V> idempotent() {
        return new HttpService<>(url, post, true, format, headers);
    }

    /**
     * Adds a header to all requests.
     *
     * @throws IllegalArgumentException if the JDK does not allow to set it
     */
    public HttpService<K, V> withHeader(String name, String value) {
        HttpRequest.newBuilder().setHeader(name, value);
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(checkNotNull(name, "name"), checkNotNull(value, "value"));
        return new HttpService<>(url, post, idempotent, format, all);
    }

    @Override
    public ServiceConnection<K, V> connect(ClassLoader userCodeClassLoader) throws Exception {
        format.open(userCodeClassLoader);
        return new HttpConnection<>(this);
    }

    @Override
    public boolean isIdempotent() {
        return idempotent;
    }

    @Override
    public int maxBatchSize() {
        return post ? Integer.MAX_VALUE : 1;
    }

    @Override
    public String settings() {
        return toString() + ", headers " + headers.hashCode();
    }

    boolean isPost() {
        return post;
    }

    HttpFormat<K, V> format() {
        return format;
    }

    Map<String, String> headers() {
        return headers;
    }

    URI uri(List<K> keys) {
        if (post) {
            return URI.create(url);
        }
        String encoded =
                URLEncoder.encode(keys.get(0).toString(), StandardCharsets.UTF_8)
                        .replace("+", "%20");
        return URI.create(url.replace(KEY, encoded));
    }

    /** Without headers, which may be secret. */
    @Override
    public String toString() {
        return (post ? "POST " : "GET ") + url;
    }
}
