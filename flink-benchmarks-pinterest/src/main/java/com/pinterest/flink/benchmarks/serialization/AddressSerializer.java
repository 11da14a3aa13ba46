// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The part of {@link EventSerializer} for its {@link Address}. */
final class AddressSerializer extends TypeSerializerSingleton<Address> {

    static final AddressSerializer INSTANCE = new AddressSerializer();

    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public Address createInstance() {
        return new Address();
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(Address value, DataOutputView target) throws IOException {
        if (value == null) {
            target.writeByte(PojoFormat.NULL);
            return;
        }
        target.writeByte(PojoFormat.EXACT_CLASS);
        PojoFormat.writeString(value.getCity(), target);
        target.writeBoolean(false);
        target.writeDouble(value.getLatitude());
        target.writeBoolean(false);
        target.writeDouble(value.getLongitude());
        PojoFormat.writeString(value.getStreet(), target);
        target.writeBoolean(false);
        target.writeInt(value.getZip());
    }

    @Override
    public Address deserialize(DataInputView source) throws IOException {
        if (PojoFormat.isNull(source)) {
            return null;
        }
        Address value = new Address();
        value.setCity(PojoFormat.readString(source));
        PojoFormat.requirePresent(source);
        value.setLatitude(source.readDouble());
        PojoFormat.requirePresent(source);
        value.setLongitude(source.readDouble());
        value.setStreet(PojoFormat.readString(source));
        PojoFormat.requirePresent(source);
        value.setZip(source.readInt());
        return value;
    }

    @Override
    public Address deserialize(Address reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public Address copy(Address from) {
        if (from == null) {
            return null;
        }
        Address copy = new Address();
        copy.setCity(from.getCity());
        copy.setLatitude(from.getLatitude());
        copy.setLongitude(from.getLongitude());
        copy.setStreet(from.getStreet());
        copy.setZip(from.getZip());
        return copy;
    }

    @Override
    public Address copy(Address from, Address reuse) {
        return copy(from);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<Address> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Of the serializer, which has nothing to restore. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Address> {
        /** For restoring. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
