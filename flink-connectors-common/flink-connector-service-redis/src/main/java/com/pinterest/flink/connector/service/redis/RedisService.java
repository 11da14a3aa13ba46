// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.redis;

import static org.apache.flink.util.Preconditions.checkArgument;
import static org.apache.flink.util.Preconditions.checkNotNull;

import com.pinterest.flink.connector.service.Schemas;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceProtocol;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;

/**
 * A Redis server, or one that speaks its protocol, in which {@code MGET} looks keys up. Immutable.
 *
 * <pre>{@code
 * RedisService.strings("redis://cache.example.com:6379/0").withKeyPrefix("airport:")
 * }</pre>
 *
 * <p>A TaskManager has one connection, which all calls share. Keys that have something else than a
 * string count as absent, as {@code MGET} has it. A cluster is not supported.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@PublicEvolving
public final class RedisService<K, V> implements ServiceProtocol<K, V> {

    private static final long serialVersionUID = 1;

    /** A longer command would keep other clients of the server waiting. */
    static final int MAX_BATCH = 1000;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final String url;
    private final String keyPrefix;
    @Nullable private final String user;
    @Nullable private final String password;
    private final SerializationSchema<K> keys;
    private final DeserializationSchema<V> values;

    private RedisService(
            String url,
            String keyPrefix,
            @Nullable String user,
            @Nullable String password,
            SerializationSchema<K> keys,
            DeserializationSchema<V> values) {
        this.url = checkNotNull(url, "url");
        this.keyPrefix = checkNotNull(keyPrefix, "keyPrefix");
        this.user = user;
        this.password = password;
        this.keys = checkNotNull(keys, "keys");
        this.values = checkNotNull(values, "values");
    }

    /**
     * A server with keys and values in formats of Flink.
     *
     * @param url such as {@code redis://host:6379/0}; {@code rediss} for TLS, {@code
     *     redis-sentinel} for the master that sentinels know
     * @param keys writes the name of a key, without the prefix
     * @param values reads a value; a value for which it returns null counts as absent
     * @throws IllegalArgumentException if the URL is wrong
     */
    public static <K, V> RedisService<K, V> of(
            String url, SerializationSchema<K> keys, DeserializationSchema<V> values) {
        requireUrl(url);
        return new RedisService<>(url, "", null, null, keys, values);
    }

    /** A server with keys and values in UTF-8. */
    public static RedisService<String, String> strings(String url) {
        return of(url, new SimpleStringSchema(), new SimpleStringSchema());
    }

    /** A server with keys in UTF-8, and values as they are. */
    public static RedisService<String, byte[]> bytes(String url) {
        return of(url, new SimpleStringSchema(), new BytesSchema());
    }

    private static void requireUrl(String url) {
        try {
            RedisURI.create(url);
        } catch (IllegalArgumentException e) {
            // Neither the URL nor the cause, which repeats it: there may be a password in it.
            throw new IllegalArgumentException(
                    "The URL of a Redis server must be like redis://host:6379/0: "
                            + withoutSecrets(url));
        }
    }

    /** Sets what the names of all keys begin with, such as {@code airport:}. */
    public RedisService<K, V> withKeyPrefix(String prefix) {
        return new RedisService<>(url, prefix, user, password, keys, values);
    }

    /**
     * Sets the password, and the user.
     *
     * @param newUser null for the default user
     */
    public RedisService<K, V> withCredentials(@Nullable String newUser, String newPassword) {
        checkArgument(!newPassword.isEmpty(), "The password must not be empty");
        return new RedisService<>(url, keyPrefix, newUser, newPassword, keys, values);
    }

    @Override
    public ServiceConnection<K, V> connect(ClassLoader userCodeClassLoader) throws Exception {
        Schemas.open(keys, userCodeClassLoader);
        Schemas.open(values, userCodeClassLoader);
        return new RedisConnection<>(this);
    }

    /** {@code MGET} only reads. */
    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    public int maxBatchSize() {
        return MAX_BATCH;
    }

    @Override
    public String settings() {
        // Not the schemas themselves: subtasks have copies of them.
        return String.format(
                "%s, user %s, keys %s%s, values %s",
                this, user, keyPrefix, keys.getClass().getName(), values.getClass().getName());
    }

    /** What the client of Redis connects to. */
    RedisURI uri() {
        RedisURI uri = RedisURI.create(url);
        // Of a handshake; commands have the time-out of the service's client.
        uri.setTimeout(CONNECT_TIMEOUT);
        if (password != null) {
            uri.setCredentialsProvider(
                    RedisCredentialsProvider.from(() -> RedisCredentials.just(user, password)));
        }
        return uri;
    }

    String keyPrefix() {
        return keyPrefix;
    }

    SerializationSchema<K> keys() {
        return keys;
    }

    DeserializationSchema<V> values() {
        return values;
    }

    private static String withoutSecrets(String url) {
        return url.replaceFirst("[?].*", "").replaceFirst("//[^/]*@", "//");
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return withoutSecrets(url);
    }
}
