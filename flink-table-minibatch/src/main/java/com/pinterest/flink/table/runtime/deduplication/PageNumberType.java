// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.deduplication;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.IntComparator;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The type of the numbers of pages, as keys of a SQL operator. It differs from an integer in its
 * name, which a job shows when it refuses the state of the planner's deduplication: the state
 * backend compares the serializers of keys.
 */
final class PageNumberType extends BasicTypeInfo<Integer> {

    private static final long serialVersionUID = 1;

    PageNumberType() {
        super(Integer.class, new Class<?>[0], PageNumberSerializer.INSTANCE, IntComparator.class);
    }

    /** Writes an integer. */
    static final class PageNumberSerializer extends TypeSerializerSingleton<Integer> {

        static final PageNumberSerializer INSTANCE = new PageNumberSerializer();

        private static final long serialVersionUID = 1;

        @Override
        public boolean isImmutableType() {
            return true;
        }

        @Override
        public Integer createInstance() {
            return IntSerializer.INSTANCE.createInstance();
        }

        @Override
        public Integer copy(Integer from) {
            return from;
        }

        @Override
        public Integer copy(Integer from, Integer reuse) {
            return from;
        }

        @Override
        public int getLength() {
            return IntSerializer.INSTANCE.getLength();
        }

        @Override
        public void serialize(Integer number, DataOutputView target) throws IOException {
            IntSerializer.INSTANCE.serialize(number, target);
        }

        @Override
        public Integer deserialize(DataInputView source) throws IOException {
            return IntSerializer.INSTANCE.deserialize(source);
        }

        @Override
        public Integer deserialize(Integer reuse, DataInputView source) throws IOException {
            return deserialize(source);
        }

        @Override
        public void copy(DataInputView source, DataOutputView target) throws IOException {
            IntSerializer.INSTANCE.copy(source, target);
        }

        @Override
        public TypeSerializerSnapshot<Integer> snapshotConfiguration() {
            return new Snapshot();
        }

        @Override
        public String toString() {
            return "the one of a deduplication with "
                    + FingerprintOptions.FINGERPRINTS.key()
                    + " = true";
        }
    }

    /** The snapshot of the serializer, which has no settings. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Integer> {

        /** Called by Flink when it reads a savepoint. */
        public Snapshot() {
            super(() -> PageNumberSerializer.INSTANCE);
        }
    }
}
