// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.KryoBufferUnderflowException;
import com.pinterest.flink.serialization.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import javax.annotation.Nullable;
import org.apache.flink.api.java.typeutils.runtime.DataInputViewStream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;

/**
 * An input of Kryo that reads a record from an array, which upstream fetches field by field.
 *
 * <p>The array, called the window, belongs to this class and contains a copy of the next bytes of
 * the view; the position of the view does not change. As soon as other code may access the view,
 * and at the end of each record, even if it fails, the view is advanced by what Kryo has read, and
 * the window is emptied. No byte is taken that upstream would not take, and the array of a view is
 * never shared.
 *
 * <p>User serializers see this input, also as an {@link InputStream}:
 *
 * <ul>
 *   <li>A read that bypasses Kryo's buffer, for example by a stream that buffers on top of this
 *       one, gets the requested bytes from the view, as upstream.
 *   <li>{@link #getInputStream()} gives access to the view. After it was called, nothing is read
 *       ahead, and the input works like {@link ExactInput}.
 *   <li>A {@code KryoSerializer} that is called again during a read shares this input if it reads
 *       the same view, and uses another one if it reads another view.
 * </ul>
 *
 * <p>Not thread-safe, like the serializer that it belongs to.
 */
public final class ReadAheadInput extends ExactInput {

    /** The size of Kryo's output buffer. */
    private static final int WINDOW_SIZE = 4096;

    private static final int SMALLEST_COPY = 64;

    private final ViewStream stream;
    private final byte[] window = new byte[WINDOW_SIZE];
    private final byte[] smallBuffer;
    private boolean streamIsOut;

    /** The number of bytes that the current record has read from earlier windows. */
    private int taken;

    /**
     * The number of bytes to copy at the start of a record; a whole window costs too much for a
     * small record.
     */
    private int firstCopy = SMALLEST_COPY;

    private ReadAheadInput(ViewStream stream) {
        super(stream);
        this.stream = stream;
        this.smallBuffer = buffer;
        this.buffer = window;
    }

    /**
     * Opens an input for a view. It reads ahead if the view is backed by an array and the feature
     * {@code serialization} is active for the thread's job; otherwise it fetches field by field.
     *
     * @param previous the serializer's input for another view, to be reused; may be null
     */
    public static Input open(DataInputView view, @Nullable Input previous) throws IOException {
        if (view.getClass() != DataInputDeserializer.class) {
            return new ExactInput(new DataInputViewStream(view));
        }
        if (previous instanceof ReadAheadInput && ((ReadAheadInput) previous).isFree()) {
            ReadAheadInput input = (ReadAheadInput) previous;
            input.stream.setView((DataInputDeserializer) view);
            input.total = 0;
            input.varEncoding = true;
            return input;
        }
        return SerializationFeature.isActive(Thread.currentThread().getContextClassLoader())
                ? new ReadAheadInput(new ViewStream((DataInputDeserializer) view))
                : new ExactInput(new DataInputViewStream(view));
    }

    /** Returns whether the input is not in use and its stream was not handed out. */
    private boolean isFree() {
        return !isReading() && !streamIsOut;
    }

    /** Reads a record from an input that {@link #open} returned. */
    public static Object read(Kryo kryo, Input input) throws IOException {
        return ((ExactInput) input).readRecord(kryo);
    }

    @Override
    int held() {
        return streamIsOut ? super.held() : 0;
    }

    @Override
    void release() {
        if (streamIsOut) {
            super.release();
        } else {
            giveBack();
        }
        firstCopy = Math.max(SMALLEST_COPY, Math.min(2 * taken, WINDOW_SIZE));
        taken = 0;
    }

    /** Moves the window to the position of Kryo, and returns the number of bytes in it. */
    private int fetch() {
        giveBack();
        DataInputDeserializer view = stream.view();
        limit = Math.min(view.available(), taken == 0 ? firstCopy : WINDOW_SIZE);
        System.arraycopy(view.getSharedBuffer(), view.getPosition(), window, 0, limit);
        return limit;
    }

    /** Advances the view to the position of Kryo, and empties the window. */
    private void giveBack() {
        if (streamIsOut) {
            return;
        }
        stream.view().skipBytes(position);
        taken += position;
        total += position;
        position = 0;
        limit = 0;
    }

    @Override
    protected int require(int required) {
        int remaining = limit - position;
        if (remaining >= required) {
            return remaining;
        }
        if (streamIsOut) {
            return super.require(required);
        }
        if (fetch() < required) {
            position = limit; // Upstream, too, has taken the rest by now.
            throw new KryoBufferUnderflowException("Buffer underflow.");
        }
        return limit;
    }

    @Override
    int hold(int count) {
        if (streamIsOut) {
            return super.hold(count);
        }
        int remaining = limit - position;
        return remaining < count ? fetch() : remaining;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) {
        if (takeFromWindow(bytes, offset, count)) {
            return count;
        }
        giveBack();
        return super.read(bytes, offset, count);
    }

    @Override
    public void readBytes(byte[] bytes, int offset, int count) {
        if (!takeFromWindow(bytes, offset, count)) {
            giveBack();
            super.readBytes(bytes, offset, count);
        }
    }

    /** Takes bytes from the window; returns false if they are not all in it. */
    private boolean takeFromWindow(@Nullable byte[] bytes, int offset, int count) {
        if (streamIsOut
                || bytes == null
                || count <= 0
                || count > limit - position
                || offset < 0
                || offset > bytes.length - count) {
            return false;
        }
        System.arraycopy(window, position, bytes, offset, count);
        pass(count);
        return true;
    }

    @Override
    public void skip(int count) {
        if (!streamIsOut && count >= 0 && count <= limit - position) {
            pass(count);
        } else {
            giveBack();
            super.skip(count);
        }
    }

    /**
     * Returns what is left in the view: unlike upstream's class, this one keeps no bytes of its
     * own.
     */
    @Override
    public int available() throws IOException {
        return streamIsOut ? super.available() : stream.available();
    }

    @Override
    public InputStream getInputStream() {
        if (!streamIsOut) {
            giveBack();
            streamIsOut = true;
            buffer = smallBuffer;
        }
        return super.getInputStream();
    }

    /** A stream over a view that can be replaced. */
    private static final class ViewStream extends DataInputViewStream {

        private ViewStream(DataInputDeserializer view) {
            super(view);
        }

        private void setView(DataInputDeserializer view) {
            inputView = view;
        }

        private DataInputDeserializer view() {
            return (DataInputDeserializer) inputView;
        }
    }
}
