// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The sessions of the user interface. A session is a token, encrypted into a cookie: it outlives
 * the process, ends with the token, and a cookie that leaks is good for the user interface only,
 * and for {@link #LIFE} at most. Stateless but for the key; thread-safe.
 */
final class UiSessions {

    /** How long a session lives. */
    static final Duration LIFE = Duration.ofHours(12);

    private static final String KEY_FILE = "session.key";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final byte[] key;
    private final SecureRandom random;
    private final Clock clock;

    private UiSessions(byte[] key, SecureRandom random, Clock clock) {
        this.key = key;
        this.random = random;
        this.clock = clock;
    }

    /** Takes the key of a data directory; makes one if there is none. */
    static UiSessions of(Path data, SecureRandom random, Clock clock) throws IOException {
        Path file = data.resolve(KEY_FILE);
        if (!Files.exists(file)) {
            byte[] fresh = new byte[KEY_BYTES];
            random.nextBytes(fresh);
            Path part = data.resolve(KEY_FILE + ".part");
            Files.deleteIfExists(part);
            Files.createFile(
                    part,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.write(part, fresh);
            Files.move(part, file);
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != KEY_BYTES) {
            throw new IOException(file + " is no key; delete it, and all users sign in again");
        }
        return new UiSessions(key, random, clock);
    }

    /** Makes a session of a token. */
    String seal(String secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        long end = clock.instant().plus(LIFE).toEpochMilli();
        byte[] sealed =
                crypt(Cipher.ENCRYPT_MODE, nonce, (end + "\n" + secret).getBytes(UTF_8))
                        .orElseThrow();
        byte[] cookie = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
        System.arraycopy(sealed, 0, cookie, NONCE_BYTES, sealed.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(cookie);
    }

    /** The token of a session; empty if this is none, or it has ended. */
    Optional<String> open(String session) {
        byte[] cookie;
        try {
            cookie = Base64.getUrlDecoder().decode(session);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (cookie.length <= NONCE_BYTES) {
            return Optional.empty();
        }
        return crypt(
                        Cipher.DECRYPT_MODE,
                        Arrays.copyOf(cookie, NONCE_BYTES),
                        Arrays.copyOfRange(cookie, NONCE_BYTES, cookie.length))
                .map(bytes -> new String(bytes, UTF_8).split("\n", 2))
                .filter(parts -> clock.instant().toEpochMilli() < Long.parseLong(parts[0]))
                .map(parts -> parts[1]);
    }

    private Optional<byte[]> crypt(int mode, byte[] nonce, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            return Optional.of(cipher.doFinal(text));
        } catch (javax.crypto.AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES is missing", e);
        }
    }

    /** A random value for the cookie of a form that has no session yet. */
    String nonce() {
        byte[] bytes = new byte[NONCE_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** What a form has to send back: only a page of ours can know it, as it is made of a cookie. */
    String formToken(String cookie) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(("form\n" + cookie).getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC is missing", e);
        }
    }

    /**
     * Whether a form has sent back what it was given.
     *
     * @param sent null if it has sent nothing
     */
    boolean isFormToken(String cookie, String sent) {
        return sent != null
                && MessageDigest.isEqual(formToken(cookie).getBytes(UTF_8), sent.getBytes(UTF_8));
    }
}
