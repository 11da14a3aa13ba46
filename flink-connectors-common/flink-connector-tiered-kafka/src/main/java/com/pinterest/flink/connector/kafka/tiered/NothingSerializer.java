// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The serializer of a tier without state of its own. */
final class NothingSerializer implements SimpleVersionedSerializer<String> {

    static final String NOTHING = "";

    @Override
    public int getVersion() {
        return 1;
    }

    @Override
    public byte[] serialize(String nothing) {
        return new byte[0];
    }

    @Override
    public String deserialize(int version, byte[] serialized) {
        return NOTHING;
    }
}
