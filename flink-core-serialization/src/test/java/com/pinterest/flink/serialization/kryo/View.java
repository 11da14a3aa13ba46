// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.kryo;

import com.pinterest.flink.serialization.SerializationFeature;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.util.ArrayList;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.runtime.io.disk.RandomAccessInputView;

/** Kinds of views that records are read from. */
enum View {
    STREAM {
        @Override
        DataInputView over(byte[] bytes) {
            return new DataInputViewStreamWrapper(new ByteArrayInputStream(bytes));
        }
    },
    TRICKLING_STREAM {
        @Override
        DataInputView over(byte[] bytes) {
            return new DataInputViewStreamWrapper(
                    new FilterInputStream(new ByteArrayInputStream(bytes)) {
                        @Override
                        public int read(byte[] b, int off, int len) throws IOException {
                            return super.read(b, off, Math.min(len, 3));
                        }
                    });
        }
    },
    PAGES {
        @Override
        DataInputView over(byte[] bytes) {
            int size = 16;
            ArrayList<MemorySegment> pages = new ArrayList<>();
            for (int from = 0; from < bytes.length; from += size) {
                MemorySegment page = MemorySegmentFactory.allocateUnpooledSegment(size);
                page.put(0, bytes, from, Math.min(size, bytes.length - from));
                pages.add(page);
            }
            return new RandomAccessInputView(pages, size, (bytes.length - 1) % size + 1);
        }
    },
    ARRAY {
        @Override
        DataInputView over(byte[] bytes) {
            return new DataInputDeserializer(bytes);
        }
    },
    SUBCLASS_OF_ARRAY {
        @Override
        DataInputView over(byte[] bytes) {
            return new DataInputDeserializer(bytes) {};
        }
    },
    /** With the feature off. */
    PLAIN_ARRAY {
        @Override
        DataInputView over(byte[] bytes) {
            return new DataInputDeserializer(bytes);
        }
    };

    abstract DataInputView over(byte[] bytes);

    void decideFeature(ClassLoader userCode) {
        ClassLoader ofJob = new ClassLoader(userCode) {};
        SerializationFeature.decide(ofJob, this != PLAIN_ARRAY);
        Thread.currentThread().setContextClassLoader(ofJob);
    }
}
