// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.InputChunked;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.io.OutputChunked;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.api.java.typeutils.runtime.DataInputViewStream;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/** Serializers of users, which use Kryo's input in all the ways that there are. */
public final class Inputs {

    private Inputs() {}

    /** What serializers see of their input. */
    static final StringBuilder SEEN = new StringBuilder();

    /** The serializer that reads at present, and another one. */
    static KryoSerializer<Object> current;

    static KryoSerializer<Object> other;

    private static void see(Object what) {
        SEEN.append(what).append(' ');
    }

    /** Bytes that are read by random methods of the input. */
    static final class Probe {
        private final long seed;
        private final int methods;
        private final byte[] bytes;

        /**
         * @param methods how many of the methods to use
         */
        Probe(long seed, int methods, byte[] bytes) {
            this.seed = seed;
            this.methods = methods;
            this.bytes = bytes;
        }
    }

    public static final class ProbeSerializer extends Serializer<Probe> {
        private static final int WIDEST = 33;

        @Override
        public void write(Kryo kryo, Output output, Probe probe) {
            output.writeLong(probe.seed);
            output.writeByte(probe.methods);
            output.writeInt(probe.bytes.length);
            output.writeBytes(probe.bytes);
        }

        @Override
        public Probe read(Kryo kryo, Input input, Class<? extends Probe> type) {
            // An input counts from where its view was first read, or changed last.
            long start = input.total();
            Random random = new Random(input.readLong());
            int methods = input.readByte();
            int left = input.readInt();
            while (left > WIDEST) {
                left -= step(random, methods, input);
            }
            see(Arrays.toString(input.readBytes(left)));
            see(input.total() - start);
            return new Probe(0, 0, new byte[0]);
        }

        /** Returns how many bytes were read. */
        private static int step(Random random, int methods, Input input) {
            boolean sameFromAllViews = methods == Graphs.Bulk.ANY.methods;
            int count = random.nextInt(WIDEST);
            byte[] bytes = new byte[count + 2];
            try {
                switch (random.nextInt(methods)) {
                    case 0:
                        see(input.readInt());
                        return 4;
                    case 1:
                        see(input.readLong());
                        return 8;
                    case 2:
                        see(input.readShort() + input.readChar());
                        return 4;
                    case 3:
                        see(input.readDouble());
                        return 8;
                    case 4:
                        see(input.read());
                        return 1;
                    case 5:
                        see(input.readByteUnsigned());
                        return 1;
                    case 6:
                        see(input.readLong(5) + input.readInt(3));
                        return 8;
                    case 7:
                        input.skip(count);
                        return count;
                    case 8:
                        see(input.skip((long) count));
                        return count;
                    case 9:
                        input.readBytes(bytes, 1, count);
                        see(Arrays.toString(bytes));
                        return count;
                    case 10:
                        int read = input.read(bytes, 2, count);
                        if (sameFromAllViews && read < count) {
                            input.readBytes(bytes, 2 + read, count - read);
                            read = count;
                        }
                        see(read + Arrays.toString(bytes));
                        return Math.max(read, 0);
                    case 12:
                        see(Arrays.toString(input.readInts(5)));
                        return 20;
                    case 13:
                        see(Arrays.toString(input.readLongs(4)));
                        return 32;
                    case 14:
                        see(Arrays.toString(input.readBooleans(11)));
                        return 11;
                    case 15:
                        see(Arrays.toString(input.readShorts(count % 5)));
                        return count % 5 * Short.BYTES;
                    case 16:
                        see(Arrays.hashCode(input.readChars(count % 5)));
                        return count % 5 * Character.BYTES;
                    case 17:
                        see(Arrays.toString(input.readFloats(count % 3)));
                        return count % 3 * Float.BYTES;
                    case 18:
                        see(Arrays.toString(input.readBooleans(count % 8)));
                        return count % 8;
                    case 19:
                        see(input.end() || !input.canReadVarInt() || !input.canReadVarLong());
                        return 0;
                    case 20:
                        see(Arrays.toString(input.readInts(1)));
                        return Integer.BYTES;
                    default:
                        int available = input.available();
                        // What has been looked at is available, if it had to be taken.
                        see(sameFromAllViews ? "available" : available);
                        return 0;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A text in chunks. */
    static final class Chunk {
        private final String text;

        Chunk(String text) {
            this.text = text;
        }
    }

    public static final class ChunkSerializer extends Serializer<Chunk> {
        @Override
        public void write(Kryo kryo, Output output, Chunk chunk) {
            OutputChunked chunks = new OutputChunked(output, 32);
            chunks.writeString(chunk.text);
            chunks.endChunk();
            chunks.flush();
            output.writeInt(chunk.text.hashCode());
        }

        @Override
        public Chunk read(Kryo kryo, Input input, Class<? extends Chunk> type) {
            InputChunked chunks = new InputChunked(input, 16);
            Chunk chunk = new Chunk(chunks.readString());
            chunks.nextChunk();
            see(input.readInt());
            return chunk;
        }
    }

    /** A text that another serializer of Flink's reads, from the input or from the view below. */
    static final class Nested {
        static final int KINDS = 5;

        private final int kind;
        private final String text;

        Nested(int kind, String text) {
            this.kind = kind;
            this.text = text;
        }
    }

    public static final class NestedSerializer extends Serializer<Nested> {
        @Override
        public void write(Kryo kryo, Output output, Nested nested) {
            try {
                output.writeInt(nested.kind);
                other.duplicate().serialize(nested.text, new DataOutputViewStreamWrapper(output));
                output.writeInt(nested.text.length());
                if (nested.kind == 4) {
                    new DataOutputStream(output).writeUTF("between");
                }
                output.writeLong(nested.text.hashCode());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Nested read(Kryo kryo, Input input, Class<? extends Nested> type) {
            try {
                int kind = input.readInt();
                KryoSerializer<Object> serializer = kind % 2 == 0 ? current : other;
                DataInputView view =
                        kind < 2 ? new DataInputViewStreamWrapper(input) : viewBelow(input);
                String text = (String) serializer.deserialize(view);
                see(input.readInt());
                if (kind == 4) {
                    see(view.readUTF());
                }
                see(input.readLong());
                return new Nested(kind, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static DataInputView viewBelow(Input input) {
            return ((DataInputViewStream) input.getInputStream()).getInputView();
        }
    }

    /** A number that a stream reads which buffers, so that it takes what there is behind it. */
    static final class Greedy {
        private final int number;

        Greedy(int number) {
            this.number = number;
        }
    }

    public static final class GreedySerializer extends Serializer<Greedy> {
        private static final int BUFFER = 50;

        @Override
        public void write(Kryo kryo, Output output, Greedy greedy) {
            output.writeInt(greedy.number, true);
            output.writeInt(Integer.reverseBytes(greedy.number));
        }

        @Override
        public Greedy read(Kryo kryo, Input input, Class<? extends Greedy> type) {
            try {
                see(input.readInt(true));
                InputStream ahead = new BufferedInputStream(input, BUFFER);
                return new Greedy(new DataInputStream(ahead).readInt());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
