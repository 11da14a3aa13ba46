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
 * Lets Kryo read from an array that holds the record, where upstream fetches it field by field.
 *
 * <p>The array, the window, is this class's own and has a copy of what comes next in the view; the
 * view itself stays where it is. As soon as someone else may look at it, and at the end of each
 * record however it ends, the view is advanced by what Kryo has taken, and the window is empty.
 * Nothing is ever taken that upstream would not have taken, and a view's array is never shared.
 *
 * <p>User serializers see this input, as an {@link InputStream} too:
 *
 * <ul>
 *   <li>What reads bytes past Kryo's buffer, a stream that buffers on top of this one for instance,
 *       gets from the view what it asks for, as upstream.
 *   <li>Who takes {@link #getInputStream()} can get at the view. From then on nothing is held back
 *       from it, and all goes as in {@link ExactInput}.
 *   <li>A {@code KryoSerializer} that is called again while it reads shares this input if it reads
 *       the same view, and has one of its own if it reads another.
 * </ul>
 *
 * <p>Not thread-safe, as the serializer that it belongs to.
 */
public final class ReadAheadInput extends ExactInput {

    /** As much as Kryo's output has. */
    private static final int WINDOW_SIZE = 4096;

    private static final int SMALLEST_COPY = 64;

    private final ViewStream stream;
    private final byte[] window = new byte[WINDOW_SIZE];
    private final byte[] smallBuffer;
    private boolean streamIsOut;

    /** What the present record has taken out of windows that were given back. */
    private int taken;

    /** How much to copy for a record's start: for a small one the whole window costs too much. */
    private int firstCopy = SMALLEST_COPY;

    private ReadAheadInput(ViewStream stream) {
        super(stream);
        this.stream = stream;
        this.smallBuffer = buffer;
        this.buffer = window;
    }

    /**
     * An input for a view: one that reads ahead if the view stands over an array and the feature
     * {@code serialization} is active for the thread's job, else one that fetches field by field.
     *
     * @param previous the input that the serializer had for another view, to be used again
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

    /** Neither in use nor handed out with its stream. */
    private boolean isFree() {
        return !isReading() && !streamIsOut;
    }

    /** Reads a record, from an input of {@link #open}. */
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

    /** Moves the window to where Kryo is, and returns how much there is in it. */
    private int fetch() {
        giveBack();
        DataInputDeserializer view = stream.view();
        limit = Math.min(view.available(), taken == 0 ? firstCopy : WINDOW_SIZE);
        System.arraycopy(view.getSharedBuffer(), view.getPosition(), window, 0, limit);
        return limit;
    }

    /** Advances the view to where Kryo is, and empties the window. */
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

    /** Does what is common and cannot fail. */
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

    /** Of what upstream has in its buffer, there is nothing here. */
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

    /** Can change its view. */
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
