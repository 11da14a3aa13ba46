// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A serializer of {@link Event} that a careful user writes by hand with the public interfaces. It
 * writes the bytes of upstream's PojoSerializer, and is the yardstick of the cases {@code
 * pojo15.*.vs-hand}.
 */
final class EventSerializer extends TypeSerializerSingleton<Event> {

    static final EventSerializer INSTANCE = new EventSerializer();

    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public Event createInstance() {
        return new Event();
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(Event value, DataOutputView target) throws IOException {
        if (value == null) {
            target.writeByte(PojoFormat.NULL);
            return;
        }
        target.writeByte(PojoFormat.EXACT_CLASS);
        Address address = value.getAddress();
        target.writeBoolean(address == null);
        if (address != null) {
            AddressSerializer.INSTANCE.serialize(address, target);
        }
        PojoFormat.writeString(value.getAgent(), target);
        target.writeBoolean(false);
        target.writeDouble(value.getAmount());
        target.writeBoolean(false);
        target.writeLong(value.getCampaign());
        PojoFormat.writeString(value.getChannel(), target);
        target.writeBoolean(false);
        target.writeInt(value.getClicks());
        target.writeBoolean(false);
        target.writeBoolean(value.isConfirmed());
        PojoFormat.writeString(value.getCountry(), target);
        target.writeBoolean(false);
        target.writeLong(value.getCreatedAt());
        PojoFormat.writeString(value.getId(), target);
        PojoFormat.writeString(value.getPage(), target);
        Double quality = value.getQuality();
        target.writeBoolean(quality == null);
        if (quality != null) {
            target.writeDouble(quality);
        }
        target.writeBoolean(false);
        target.writeShort(value.getRank());
        PojoFormat.writeString(value.getReferrer(), target);
        target.writeBoolean(false);
        target.writeLong(value.getUserId());
    }

    @Override
    public Event deserialize(DataInputView source) throws IOException {
        if (PojoFormat.isNull(source)) {
            return null;
        }
        Event value = new Event();
        value.setAddress(
                source.readBoolean() ? null : AddressSerializer.INSTANCE.deserialize(source));
        value.setAgent(PojoFormat.readString(source));
        PojoFormat.requirePresent(source);
        value.setAmount(source.readDouble());
        PojoFormat.requirePresent(source);
        value.setCampaign(source.readLong());
        value.setChannel(PojoFormat.readString(source));
        PojoFormat.requirePresent(source);
        value.setClicks(source.readInt());
        PojoFormat.requirePresent(source);
        value.setConfirmed(source.readBoolean());
        value.setCountry(PojoFormat.readString(source));
        PojoFormat.requirePresent(source);
        value.setCreatedAt(source.readLong());
        value.setId(PojoFormat.readString(source));
        value.setPage(PojoFormat.readString(source));
        value.setQuality(source.readBoolean() ? null : (Double) source.readDouble());
        PojoFormat.requirePresent(source);
        value.setRank(source.readShort());
        value.setReferrer(PojoFormat.readString(source));
        PojoFormat.requirePresent(source);
        value.setUserId(source.readLong());
        return value;
    }

    @Override
    public Event deserialize(Event reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public Event copy(Event from) {
        if (from == null) {
            return null;
        }
        Event copy = new Event();
        copy.setAddress(AddressSerializer.INSTANCE.copy(from.getAddress()));
        copy.setAgent(from.getAgent());
        copy.setAmount(from.getAmount());
        copy.setCampaign(from.getCampaign());
        copy.setChannel(from.getChannel());
        copy.setClicks(from.getClicks());
        copy.setConfirmed(from.isConfirmed());
        copy.setCountry(from.getCountry());
        copy.setCreatedAt(from.getCreatedAt());
        copy.setId(from.getId());
        copy.setPage(from.getPage());
        copy.setQuality(from.getQuality());
        copy.setRank(from.getRank());
        copy.setReferrer(from.getReferrer());
        copy.setUserId(from.getUserId());
        return copy;
    }

    @Override
    public Event copy(Event from, Event reuse) {
        return copy(from);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public TypeSerializerSnapshot<Event> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Of the serializer, which has nothing to restore. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Event> {
        /** For restoring. */
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
