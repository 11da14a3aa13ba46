// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.junit.jupiter.api.Test;

/** The bytes in a stream are those that would be there without a buffer. */
class BufferedOutputViewTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputView stream = new DataOutputViewStreamWrapper(bytes);

    @Test
    void passesOnWhatIsWritten() throws IOException {
        long seed = System.nanoTime();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        DataOutputView direct = new DataOutputViewStreamWrapper(expected);

        Random ours = new Random(seed);
        for (int record = 0; record < 200; record++) {
            try (BufferedOutputView view = BufferedOutputView.to(stream)) {
                write(view, ours);
            }
        }

        Random upstreams = new Random(seed);
        for (int record = 0; record < 200; record++) {
            write(direct, upstreams);
        }
        assertThat(bytes.toByteArray()).as("seed " + seed).isEqualTo(expected.toByteArray());
    }

    private static void write(DataOutputView view, Random random) throws IOException {
        for (int left = random.nextInt(400); left > 0; left--) {
            byte[] some = new byte[random.nextInt(20) == 0 ? random.nextInt(9000) : 10];
            random.nextBytes(some);
            switch (random.nextInt(16)) {
                case 0:
                    view.write(random.nextInt());
                    break;
                case 1:
                    view.write(some);
                    break;
                case 2:
                    view.write(some, some.length / 3, some.length / 2);
                    break;
                case 3:
                    view.writeBoolean(random.nextBoolean());
                    break;
                case 4:
                    view.writeByte(random.nextInt());
                    break;
                case 5:
                    view.writeShort(random.nextInt());
                    break;
                case 6:
                    view.writeChar(random.nextInt());
                    break;
                case 7:
                    view.writeInt(random.nextInt());
                    break;
                case 8:
                    view.writeLong(random.nextLong());
                    break;
                case 9:
                    view.writeFloat(Float.intBitsToFloat(random.nextInt()));
                    view.writeFloat(Float.intBitsToFloat(0x7fc0_0001));
                    break;
                case 10:
                    view.writeDouble(Double.longBitsToDouble(random.nextLong()));
                    // A stream writes all NaNs in one form.
                    view.writeDouble(Double.longBitsToDouble(0x7ff8_0000_0000_0001L));
                    break;
                case 11:
                    view.writeBytes("b\u00e9" + random.nextInt());
                    break;
                case 12:
                    view.writeChars("c\u4e2d" + random.nextInt());
                    break;
                case 13:
                    view.writeUTF("u\u4e2d" + random.nextInt());
                    break;
                case 14:
                    view.skipBytesToWrite(random.nextInt(5));
                    break;
                default:
                    view.write(
                            new DataInputViewStreamWrapper(new ByteArrayInputStream(some)),
                            some.length);
            }
        }
    }

    @Test
    void whatDoesNotFitBehindTheRestIsNotLost() throws IOException {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        DataOutputView direct = new DataOutputViewStreamWrapper(expected);

        for (int before = 4080; before < 4100; before++) {
            try (BufferedOutputView view = BufferedOutputView.to(stream)) {
                writeBehind(before, view);
            }
            writeBehind(before, direct);
        }

        assertThat(bytes.toByteArray()).isEqualTo(expected.toByteArray());
    }

    private static void writeBehind(int count, DataOutputView view) throws IOException {
        for (int i = 0; i < count; i++) {
            view.writeByte(i);
        }
        view.writeLong(Long.MAX_VALUE);
    }

    @Test
    void aThreadKeepsItsBuffer() throws IOException {
        BufferedOutputView first;
        try (BufferedOutputView view = BufferedOutputView.to(stream)) {
            first = view;
        }
        try (BufferedOutputView view = BufferedOutputView.to(stream)) {
            assertThat(view).isSameAs(first);
        }
    }

    @Test
    void aRecordWithinARecordHasABufferOfItsOwn() throws IOException {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();

        try (BufferedOutputView view = BufferedOutputView.to(stream)) {
            view.writeInt(1);
            try (BufferedOutputView other =
                    BufferedOutputView.to(new DataOutputViewStreamWrapper(inner))) {
                assertThat(other).isNotSameAs(view);
                other.writeByte(7);
            }
            view.writeInt(2);
        }

        assertThat(inner.toByteArray()).containsExactly(7);
        assertThat(bytes.toByteArray()).containsExactly(0, 0, 0, 1, 0, 0, 0, 2);
    }

    @Test
    void whatWasWrittenBeforeAFailureIsInTheStream() {
        assertThatThrownBy(
                        () -> {
                            try (BufferedOutputView view = BufferedOutputView.to(stream)) {
                                view.writeByte(1);
                                throw new IllegalStateException("a field fails");
                            }
                        })
                .isInstanceOf(IllegalStateException.class)
                .hasNoSuppressedExceptions();
        assertThat(bytes.toByteArray()).containsExactly(1);
    }

    @Test
    void aStreamThatFailsIsNotWrittenToAgainAndTheNextIsNotConcerned() throws IOException {
        int[] calls = new int[1];
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int value) throws IOException {
                        calls[0]++;
                        throw new IOException("disk is full");
                    }
                };

        assertThatThrownBy(
                        () -> {
                            try (BufferedOutputView view =
                                    BufferedOutputView.to(new DataOutputViewStreamWrapper(full))) {
                                view.writeByte(1);
                                view.writeUTF("through");
                            }
                        })
                .isInstanceOf(IOException.class)
                .hasMessage("disk is full");
        assertThat(calls[0]).isEqualTo(1);

        try (BufferedOutputView view = BufferedOutputView.to(stream)) {
            view.writeByte(2);
        }
        assertThat(bytes.toByteArray()).containsExactly(2);
    }
}
