// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import javax.annotation.Nullable;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Methods that read, write and copy strings in the format of {@link
 * org.apache.flink.types.StringValue} in bulk, instead of with a call for each byte.
 *
 * <p>Format: the number of chars plus one, then the chars. Each is a variable-length number with
 * seven bits per byte, lowest bits first; the sign bit means that another byte follows. A first
 * byte of zero means null. A char below 0x80 takes one byte, one below 0x4000 two bytes, all others
 * three; readers accept longer forms.
 *
 * <p>Upstream's two classes that are backed by an array are read and written in place. On any other
 * input, a string with <i>n</i> chars left has at least <i>n</i> bytes left, so that this number of
 * bytes can be requested at once. Bytes after the string are never requested: they may not exist,
 * or belong to another reader. Text with one byte per char is read with one call; for other text,
 * the bytes read so far determine how many more there are at least.
 *
 * <p>Each method may leave its work to upstream's loop, which follows the call: if the gain is too
 * small, and if the input is malformed, so that it fails as it does upstream.
 *
 * <p>Thread-safe and reentrant: an input or output may itself use this class.
 */
public final class BulkStrings {

    /**
     * The minimum number of chars, except when writing to an array; below it, upstream's loop costs
     * no more.
     */
    private static final int FEW_CHARS = 8;

    private static final int MAX_BYTES_PER_CHAR = 3;
    private static final int MAX_LENGTH_BYTES = 5;

    private static volatile boolean enabled = true;

    private BulkStrings() {}

    /** Returns whether this class is used; otherwise, upstream's loops do all the work. */
    public static boolean isEnabled() {
        return enabled;
    }

    /**
     * Turns this class on or off for the process. May be called at any time, because the bytes are
     * the same.
     */
    public static void setEnabled(boolean enabled) {
        BulkStrings.enabled = enabled;
    }

    /**
     * Reads the chars of a string.
     *
     * @param length the number of chars
     * @return the string, or null if nothing was read and upstream's loop has to read it
     * @throws java.io.EOFException if the input ends too early, unless the input throws another
     *     exception in this case
     */
    @Nullable
    public static String readChars(int length, DataInput in) throws IOException {
        return length >= FEW_CHARS && enabled ? readMany(length, in) : null;
    }

    /**
     * Reads a string that is not too short.
     *
     * <p>This is one method because it has to be larger than what HotSpot inlines (FreqInlineSize,
     * 325 bytes of code). If it were inlined into upstream's method, that method would no longer be
     * inlined into its callers, and short strings, which are left to its loop, would lose a third
     * of their speed.
     */
    @Nullable
    private static String readMany(int length, DataInput in) throws IOException {
        if (in.getClass() != DataInputDeserializer.class) {
            return readFromView(length, in);
        }
        DataInputDeserializer input = (DataInputDeserializer) in;
        byte[] bytes = input.getSharedBuffer();
        int from = input.getPosition();
        int end = from + input.available();
        if (length > end - from) {
            return null;
        }

        // As ASCII.
        int lastBlock = from + length - StringBytes.BLOCK;
        int lastEight = from + length - Long.BYTES;
        int index = from;
        while (index <= lastBlock && StringBytes.isBlockAscii(bytes, index)) {
            index += StringBytes.BLOCK;
        }
        while (index < lastEight && StringBytes.areEightAscii(bytes, index)) {
            index += Long.BYTES;
        }
        if (index >= lastEight && StringBytes.areEightAscii(bytes, lastEight)) {
            input.skipBytes(length);
            return latin1String(bytes, from, length);
        }

        // As any text, from the start. While there is room for the longest char, the end of the
        // input need not be checked.
        char[] chars = Scratch.borrow().chars(length);
        index = from;
        int done = 0;
        for (; done < length && index < end - 2; done++) {
            int next = bytes[index++];
            if (next < 0) {
                int second = bytes[index++];
                next = (next & 0x7f) | (second << 7);
                if (second < 0) {
                    int third = bytes[index++];
                    if (third < 0) {
                        return null;
                    }
                    next = (next & 0x3fff) | (third << 14);
                }
            }
            chars[done] = (char) next;
        }
        for (; done < length; done++) {
            int number = 0;
            int shift = 0;
            int next;
            do {
                if (index == end) {
                    return null;
                }
                next = bytes[index++];
                number |= (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
            chars[done] = (char) number;
        }
        input.skipBytes(index - from);
        return new String(chars, 0, length);
    }

    private static String readFromView(int length, DataInput in) throws IOException {
        Scratch scratch = Scratch.take();
        try {
            byte[] bytes = scratch.bytes;
            // Allocate before reading: a length that does not fit into the heap then fails at once.
            char[] chars = length > bytes.length ? new char[length] : null;
            int count = Math.min(length, bytes.length);
            in.readFully(bytes, 0, count);
            if (chars == null) {
                if (StringBytes.areAscii(bytes, 0, length)) {
                    return latin1String(bytes, 0, length);
                }
                chars = scratch.chars(length);
            }
            int index = 0;
            for (int done = 0; done < length; done++) {
                int number = 0;
                int shift = 0;
                int next;
                do {
                    if (index == count) {
                        // This char and each char after it have at least one byte.
                        count = Math.min(length - done, bytes.length);
                        in.readFully(bytes, 0, count);
                        index = 0;
                    }
                    next = bytes[index++];
                    number |= (next & 0x7f) << shift;
                    shift += 7;
                } while (next < 0);
                chars[done] = (char) number;
            }
            return new String(chars, 0, length);
        } finally {
            scratch.giveBack();
        }
    }

    /**
     * Creates a string with the constructor that is the cheapest on all JDKs among those that do
     * not check the bytes.
     */
    @SuppressWarnings("deprecation")
    private static String latin1String(byte[] latin1, int from, int length) {
        return new String(latin1, 0, from, length);
    }

    /**
     * Writes a string that is not empty.
     *
     * @param length the number of chars
     * @return false if nothing was written and upstream's loop has to write it
     */
    public static boolean writeString(CharSequence text, int length, DataOutput out)
            throws IOException {
        // Other kinds of text, such as a StringBuilder, are too rare for their own code.
        return text instanceof String
                && enabled
                && write(
                        (String) text,
                        length >= FEW_CHARS ? StringInternals.latin1((String) text) : null,
                        length,
                        out);
    }

    /**
     * Writes a string.
     *
     * @param latin1 the chars as one byte each, or null if a char does not fit into a byte or the
     *     bytes are not accessible
     * @return false if nothing was written
     */
    static boolean write(String text, @Nullable byte[] latin1, int length, DataOutput out)
            throws IOException {
        if (out.getClass() == DataOutputSerializer.class
                && writeToArray(text, latin1, length, (DataOutputSerializer) out)) {
            return true;
        }
        if (length < FEW_CHARS || length == Integer.MAX_VALUE) {
            return false;
        }
        writeToView(text, latin1, length, out);
        return true;
    }

    /** Writes the string if the output already has room for its maximum size. */
    private static boolean writeToArray(
            String text, @Nullable byte[] latin1, int length, DataOutputSerializer out) {
        byte[] target = out.getSharedBuffer();
        int position = out.length();
        int room = target.length - position - MAX_LENGTH_BYTES;
        if (room / MAX_BYTES_PER_CHAR <= length) {
            return false;
        }
        position = StringBytes.encodeLength(length, target, position);
        position =
                latin1 != null
                        ? StringBytes.encodeLatin1(latin1, 0, length, target, position)
                        : StringBytes.encode(text, length, target, position);
        out.setPositionUnsafe(position);
        return true;
    }

    private static void writeToView(
            String text, @Nullable byte[] latin1, int length, DataOutput out) throws IOException {
        Scratch scratch = Scratch.take();
        try {
            byte[] bytes = scratch.bytes;
            int position = StringBytes.encodeLength(length, bytes, 0);
            int done = 0;
            while (done < length) {
                int count = Math.min(length - done, scratch.chars.length);
                if (latin1 != null) {
                    position =
                            StringBytes.encodeLatin1(latin1, done, done + count, bytes, position);
                } else {
                    text.getChars(done, done + count, scratch.chars, 0);
                    position = StringBytes.encode(scratch.chars, count, bytes, position);
                }
                out.write(bytes, 0, position);
                done += count;
                position = 0;
            }
        } finally {
            scratch.giveBack();
        }
    }

    /**
     * Copies the bytes of the chars of a string, or some of them.
     *
     * @param length the number of chars
     * @return the number of chars that were not copied completely
     */
    public static int copyChars(int length, DataInput in, DataOutput out) throws IOException {
        if (!enabled || length < FEW_CHARS) {
            return length;
        }
        if (in.getClass() == DataInputDeserializer.class) {
            return copyFromArray(length, (DataInputDeserializer) in, out);
        }
        int left = length;
        Scratch scratch = Scratch.take();
        try {
            byte[] bytes = scratch.bytes;
            while (left >= FEW_CHARS) {
                int count = Math.min(left, bytes.length);
                in.readFully(bytes, 0, count);
                pass(bytes, 0, count, out);
                left -= StringBytes.countLastBytes(bytes, 0, count);
            }
        } finally {
            scratch.giveBack();
        }
        return left;
    }

    private static int copyFromArray(int length, DataInputDeserializer in, DataOutput out)
            throws IOException {
        byte[] bytes = in.getSharedBuffer();
        int from = in.getPosition();
        int end = from + in.available();
        int index = from;
        int left = length;
        while (left > 0) {
            if (left > end - index) {
                return length;
            }
            int count = left;
            left -= StringBytes.countLastBytes(bytes, index, index + count);
            index += count;
        }
        in.skipBytes(index - from);
        pass(bytes, from, index - from, out);
        return 0;
    }

    /**
     * Writes bytes so that the array of the output grows as if they were written one by one, that
     * is, by doubling. Whether {@link DataOutputSerializer#write(DataInputView, int)}, which copies
     * of other types use afterwards, finds enough room depends on that.
     */
    private static void pass(byte[] bytes, int from, int count, DataOutput out) throws IOException {
        int index = from;
        int left = count;
        while (left > 0) {
            int part =
                    out instanceof DataOutputSerializer
                            ? Math.min(left, ((DataOutputSerializer) out).getSharedBuffer().length)
                            : left;
            out.write(bytes, index, part);
            index += part;
            left -= part;
        }
    }
}
