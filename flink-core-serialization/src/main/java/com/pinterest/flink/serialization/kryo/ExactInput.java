// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import java.io.IOException;
import org.apache.flink.api.java.typeutils.runtime.DataInputViewStream;
import org.apache.flink.api.java.typeutils.runtime.NoFetchingInput;

/**
 * An input of Kryo for any view that takes exactly the bytes that it returns.
 *
 * <p>Upstream's class fetches each field on its own, so that the next record stays in the view. But
 * where Kryo says that it could use some bytes, {@link #optional}, upstream fills its buffer of 8
 * bytes, and a bulk read drops the bytes in the buffer. An array of {@code short}, {@code char},
 * {@code float} or fixed-length {@code int} with fewer than 8 bytes therefore takes up to 7 bytes
 * of what follows, for example of another key in a snapshot, which then loses its state.
 *
 * <p>Looking ahead ({@link #end}, {@link #canReadVarInt}, {@link #canReadVarLong}) still takes
 * bytes from a stream. This class takes only the bytes that the answer needs, and the next read
 * gets them first. If a serializer looks past the end of its record, reading fails, because these
 * bytes would be missing from the next record.
 *
 * <p>Not thread-safe, like the serializer that it belongs to.
 */
class ExactInput extends NoFetchingInput {

    /** The size of upstream's buffer. Kryo reads longer arrays value by value. */
    private static final int BULK = 8;

    private static final int LONGEST_VAR_INT = 5;
    private static final int LONGEST_VAR_LONG = 9;

    private boolean reading;

    ExactInput(DataInputViewStream stream) {
        super(stream);
        buffer = new byte[LONGEST_VAR_LONG];
    }

    /** Reads a record, or a part of one if it is called during a read. */
    final Object readRecord(Kryo kryo) throws IOException {
        if (reading) {
            return kryo.readClassAndObject(this);
        }
        reading = true;
        try {
            Object record = kryo.readClassAndObject(this);
            if (held() > 0) {
                throw lookedBehind(record);
            }
            return record;
        } finally {
            release();
            reading = false;
        }
    }

    private IOException lookedBehind(Object record) {
        return new IOException(
                String.format(
                        "A Kryo serializer looked past the end of its record, of %s, with"
                                + " end(), canReadVarInt() or canReadVarLong(). This would lose"
                                + " the next %d bytes. Let the serializer write whether more data"
                                + " follows, and read that instead.",
                        record == null ? null : record.getClass().getName(), held()));
    }

    final boolean isReading() {
        return reading;
    }

    /** Returns the number of bytes that were taken from the view and not read. */
    int held() {
        return limit - position;
    }

    /** Drops the taken bytes, because the next record may be elsewhere. */
    void release() {
        total += position;
        position = 0;
        limit = 0;
    }

    /**
     * Fills the buffer up to this number of bytes, if the view has them, and takes no more than are
     * missing.
     *
     * @return the number of bytes in the buffer
     */
    int hold(int count) {
        int remaining = limit - position;
        if (remaining >= count) {
            return remaining;
        }
        moveToFront();
        while (limit < count) {
            int read = fill(buffer, limit, count - limit);
            if (read <= 0) {
                break;
            }
            limit += read;
        }
        return limit;
    }

    private void moveToFront() {
        int remaining = limit - position;
        System.arraycopy(buffer, position, buffer, 0, remaining);
        total += position;
        position = 0;
        limit = remaining;
    }

    @Override
    protected int require(int required) {
        int remaining = limit - position;
        if (remaining > 0 && remaining < required) {
            // Otherwise upstream would request fewer bytes than are missing, or a negative number.
            moveToFront();
        }
        return super.require(required);
    }

    @Override
    protected int optional(int optional) {
        int wanted = Math.min(optional, BULK);
        int remaining = hold(wanted);
        return remaining == 0 && wanted > 0 ? -1 : Math.min(remaining, wanted);
    }

    @Override
    public boolean canReadVarInt() {
        return canReadVarying(LONGEST_VAR_INT);
    }

    @Override
    public boolean canReadVarLong() {
        return canReadVarying(LONGEST_VAR_LONG);
    }

    private boolean canReadVarying(int longest) {
        for (int count = 1; count <= longest; count++) {
            if (hold(count) < count) {
                return false;
            }
            boolean isLast = buffer[position + count - 1] >= 0;
            if (isLast) {
                return true;
            }
        }
        return true;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws KryoException {
        if (held() == 0 || bytes == null || count <= 0) {
            return super.read(bytes, offset, count);
        }
        int first = takeHeld(bytes, offset, count);
        if (first == count) {
            return count;
        }
        return first + Math.max(0, super.read(bytes, offset + first, count - first));
    }

    @Override
    public void readBytes(byte[] bytes, int offset, int count) throws KryoException {
        if (held() == 0 || bytes == null || count <= 0) {
            super.readBytes(bytes, offset, count);
            return;
        }
        int first = takeHeld(bytes, offset, count);
        super.readBytes(bytes, offset + first, count - first);
    }

    private int takeHeld(byte[] bytes, int offset, int count) {
        int first = Math.min(count, limit - position);
        System.arraycopy(buffer, position, bytes, offset, first);
        pass(first);
        return first;
    }

    @Override
    public void skip(int count) throws KryoException {
        int first = Math.max(0, Math.min(count, held()));
        pass(first);
        super.skip(count - first);
    }

    /** Counts bytes that bypass the buffer, which upstream does not count. */
    final void pass(int count) {
        position += count;
        total -= count;
    }
}
