// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import java.io.IOException;
import org.apache.flink.api.java.typeutils.runtime.DataInputViewStream;
import org.apache.flink.api.java.typeutils.runtime.NoFetchingInput;

/**
 * Kryo's input for any view: upstream's, but that it takes what it returns, and no byte more.
 *
 * <p>Upstream's class fetches each field on its own, so as to leave the next record to whoever
 * reads it. But where Kryo says that it could use some bytes, {@link #optional}, upstream fills its
 * buffer of 8 bytes, and where it takes bytes in bulk, it forgets those that it has. So an array of
 * {@code short}, {@code char}, {@code float} or fixed-length {@code int} of fewer than 8 bytes
 * takes up to 7 bytes of what comes next: of another key in a snapshot, for instance, which then
 * has no state.
 *
 * <p>What is left to do is to look ahead ({@link #end}, {@link #canReadVarInt}, {@link
 * #canReadVarLong}), which on a stream is to take. Here it takes as few bytes as the answer needs,
 * and whatever is read next gets them first. If a serializer looks behind the end of its record,
 * reading fails, as they would be missing there.
 *
 * <p>Not thread-safe, as the serializer that it belongs to.
 */
class ExactInput extends NoFetchingInput {

    /** As many as upstream has: Kryo reads arrays that are longer value by value. */
    private static final int BULK = 8;

    private static final int LONGEST_VAR_INT = 5;
    private static final int LONGEST_VAR_LONG = 9;

    private boolean reading;

    ExactInput(DataInputViewStream stream) {
        super(stream);
        buffer = new byte[LONGEST_VAR_LONG];
    }

    /** Reads a record, or a part of one, if it is called while it reads. */
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
                        "A Kryo serializer looked behind the record that it read, of %s, with"
                                + " end(), canReadVarInt() or canReadVarLong(). %d bytes of what"
                                + " comes next would be lost by that. Let the serializer write"
                                + " whether there is more to read, and ask for that instead.",
                        record == null ? null : record.getClass().getName(), held()));
    }

    final boolean isReading() {
        return reading;
    }

    /** How many bytes have been taken from the view that nobody has read. */
    int held() {
        return limit - position;
    }

    /** Leaves nothing for the next record, which need not follow this one. */
    void release() {
        total += position;
        position = 0;
        limit = 0;
    }

    /**
     * Sees to it that there are that many bytes in the buffer, if the view has them, but takes no
     * more than are missing.
     *
     * @return how many there are in the buffer
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
            // Else upstream would ask for fewer bytes than are missing, or for a negative number.
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

    /** Upstream does not count these bytes, as they do not come through its buffer. */
    final void pass(int count) {
        position += count;
        total -= count;
    }
}
