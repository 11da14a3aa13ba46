// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import javax.annotation.Nullable;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;

/**
 * How a block of a segment is compressed.
 *
 * <p>Immutable and safe for use by several threads.
 */
public enum Codec {

    /** Blocks are stored as they are. */
    NONE(0) {
        @Override
        byte[] compress(byte[] raw, int length) {
            return Arrays.copyOf(raw, length);
        }

        @Override
        byte[] decompress(byte[] payload, int rawLength) throws IOException {
            if (payload.length != rawLength) {
                throw new IOException(
                        "it has " + payload.length + " bytes instead of " + rawLength);
            }
            return payload;
        }
    },

    /** LZ4 in its block format: little CPU, larger files. */
    LZ4(1) {
        /** A byte of LZ4's block format stands for at most this many bytes. */
        private static final int MAX_RATIO = 255;

        @Override
        byte[] compress(byte[] raw, int length) {
            return LZ4Factory.fastestInstance().fastCompressor().compress(raw, 0, length);
        }

        @Override
        byte[] decompress(byte[] payload, int rawLength) throws IOException {
            if (rawLength > (long) payload.length * MAX_RATIO) {
                throw new IOException(
                        payload.length + " bytes of LZ4 cannot stand for " + rawLength + " bytes");
            }
            byte[] raw = new byte[rawLength];
            int length;
            try {
                length =
                        LZ4Factory.fastestInstance()
                                .safeDecompressor()
                                .decompress(payload, 0, payload.length, raw, 0);
            } catch (LZ4Exception e) {
                throw new IOException("LZ4 cannot decompress it", e);
            }
            if (length != rawLength) {
                throw new IOException("it has " + length + " bytes instead of " + rawLength);
            }
            return raw;
        }
    },

    /** Zstandard, one frame a block: the smallest files. */
    ZSTD(2) {
        private static final int LEVEL = 3;

        /** Up to here, in bytes, the stated length is believed before data has shown it. */
        private static final int TRUSTED_LENGTH = 8 << 20;

        @Override
        byte[] compress(byte[] raw, int length) {
            byte[] buffer = new byte[Math.toIntExact(Zstd.compressBound(length))];
            long size = Zstd.compressByteArray(buffer, 0, buffer.length, raw, 0, length, LEVEL);
            if (Zstd.isError(size)) {
                throw new IllegalStateException(
                        "zstd cannot compress a block: " + Zstd.getErrorName(size));
            }
            return Arrays.copyOf(buffer, (int) size);
        }

        @Override
        byte[] decompress(byte[] payload, int rawLength) throws IOException {
            if (rawLength > TRUSTED_LENGTH) {
                return decompressGrowing(payload, rawLength);
            }
            byte[] raw = new byte[rawLength];
            long length;
            try {
                length = Zstd.decompressByteArray(raw, 0, raw.length, payload, 0, payload.length);
            } catch (ZstdException e) {
                throw new IOException("zstd cannot decompress it", e);
            }
            if (Zstd.isError(length)) {
                throw new IOException("zstd cannot decompress it: " + Zstd.getErrorName(length));
            }
            if (length != rawLength) {
                throw new IOException("it has " + length + " bytes instead of " + rawLength);
            }
            return raw;
        }

        /** The buffer grows with the data, never ahead of it to the length that the file states. */
        private byte[] decompressGrowing(byte[] payload, int rawLength) throws IOException {
            byte[] raw = new byte[TRUSTED_LENGTH];
            int length = 0;
            try (InputStream in =
                    new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(payload))) {
                while (true) {
                    int read = in.read(raw, length, raw.length - length);
                    if (read < 0) {
                        break;
                    }
                    length += read;
                    if (length == raw.length) {
                        if (length == rawLength) {
                            break;
                        }
                        raw = Arrays.copyOf(raw, (int) Math.min(rawLength, 2L * length));
                    }
                }
                if (length != rawLength || in.read() >= 0) {
                    throw new IOException("it does not have the stated " + rawLength + " bytes");
                }
            }
            return raw;
        }
    };

    private final int id;

    Codec(int id) {
        this.id = id;
    }

    /** Returns the number that stands for this codec in a file. */
    int id() {
        return id;
    }

    /** Returns the codec with a number, or {@code null} if no codec has it. */
    @Nullable
    static Codec ofId(int id) {
        for (Codec codec : values()) {
            if (codec.id == id) {
                return codec;
            }
        }
        return null;
    }

    /** Compresses the first {@code length} bytes. */
    abstract byte[] compress(byte[] raw, int length);

    /**
     * Decompresses a whole block.
     *
     * @throws IOException if the payload is damaged or has another length than stated; the message
     *     is the end of a sentence about the block
     */
    abstract byte[] decompress(byte[] payload, int rawLength) throws IOException;
}
