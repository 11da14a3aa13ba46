// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.serialization.SerializationFeature;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.runtime.typeutils.InternalSerializers;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DistinctType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

/** Who writes which rows, and that nothing is shared; the bytes are the fuzz test's. */
class RowFieldWriterTest {

    private static final LogicalType[] TYPES = {
        VarCharType.STRING_TYPE, new BigIntType(), new IntType()
    };

    @Test
    void serializerWritesByIt() {
        assertThat(askedByASerializer())
                .containsExactly(
                        "getRowKindnull",
                        "isNullAt[0]",
                        "isNullAt[1]",
                        "getLong[1]",
                        "isNullAt[2]",
                        "getDecimal[2, 12, 5]",
                        "isNullAt[3]",
                        "getTimestamp[3, 6]");
    }

    @Test
    void upstreamsCodeWritesWhereTheFeatureIsOff() {
        Thread thread = Thread.currentThread();
        ClassLoader userCode = thread.getContextClassLoader();
        ClassLoader ofJob = new ClassLoader(userCode) {};
        SerializationFeature.decide(ofJob, false);
        thread.setContextClassLoader(ofJob);
        try {
            // It asks twice whether a field is null.
            assertThat(askedByASerializer())
                    .startsWith("getRowKindnull", "isNullAt[0]", "isNullAt[1]", "isNullAt[1]");
        } finally {
            thread.setContextClassLoader(userCode);
        }
    }

    /** What a row that notes it is asked by a new serializer. */
    private static List<String> askedByASerializer() {
        GenericRowData row =
                GenericRowData.of(
                        null,
                        1L,
                        DecimalData.fromUnscaledLong(2, 12, 5),
                        TimestampData.fromEpochMillis(3));
        LogicalType[] types = {
            new IntType(), new BigIntType(), new DecimalType(12, 5), new TimestampType(6)
        };
        List<String> asked = new ArrayList<>();
        RowData noting =
                (RowData)
                        Proxy.newProxyInstance(
                                RowData.class.getClassLoader(),
                                new Class<?>[] {RowData.class},
                                (proxy, method, arguments) -> {
                                    asked.add(method.getName() + Arrays.toString(arguments));
                                    return method.invoke(row, arguments);
                                });

        BinaryRowData written = new RowDataSerializer(types).toBinaryRow(noting);

        assertThat(written.getLong(1)).isEqualTo(1L);
        return asked;
    }

    @Test
    void declinesRowsThatMayHaveAnExceptionDueBefore() {
        // given two wrong fields, of which the second is the first to be tried
        LogicalType distinct =
                DistinctType.newBuilder(ObjectIdentifier.of("c", "d", "t"), new IntType()).build();
        LogicalType[] types = {distinct, new IntType()};
        GenericRowData row = GenericRowData.of(1, "text");
        BinaryRowWriter binary = new BinaryRowWriter(new BinaryRowData(types.length));

        // when, then
        assertThat(writer(types).write(row, binary)).isFalse();
        assertThat(writer(types).write(GenericRowData.of(null, 2), binary)).isTrue();
        assertThatThrownBy(() -> new RowDataSerializer(types).toBinaryRow(row))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private static RowFieldWriter writer(LogicalType... types) {
        RowData.FieldGetter[] getters = new RowData.FieldGetter[types.length];
        TypeSerializer<?>[] serializers = new TypeSerializer<?>[types.length];
        for (int field = 0; field < types.length; field++) {
            getters[field] = RowData.createFieldGetter(types[field], field);
            serializers[field] = InternalSerializers.create(types[field]);
        }
        return new RowFieldWriter(types, serializers, getters);
    }

    @Test
    void binaryRowsPass() {
        BinaryRowData row =
                new RowDataSerializer(TYPES).toBinaryRow(GenericRowData.of(null, 1L, 2));

        assertThat(new RowDataSerializer(TYPES).toBinaryRow(row)).isSameAs(row);
    }

    @Test
    void usedSerializersTravel() throws Exception {
        RowDataSerializer used = new RowDataSerializer(TYPES);
        GenericRowData row = GenericRowData.of(StringData.fromString("abc"), 1L, 2);
        BinaryRowData written = used.toBinaryRow(row);

        RowDataSerializer clone = InstantiationUtil.clone(used);

        assertThat(clone).isEqualTo(used);
        assertThat(clone.toBinaryRow(row)).isEqualTo(written).isNotSameAs(written);
    }

    /** The serializers of nested fields have a row or an array of their own that they fill. */
    @Test
    void duplicatesWriteAtTheSameTime() throws Exception {
        // given
        LogicalType[] types = {RowType.of(TYPES), new ArrayType(RowType.of(TYPES)), TYPES[0]};
        RowDataSerializer serializer = new RowDataSerializer(types);
        serializer.toBinaryRow(new RowValues(new Random(1)).row(types));
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            // when
            List<Future<Integer>> wrong = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(thread);
                RowDataSerializer own = (RowDataSerializer) serializer.duplicate();
                wrong.add(executor.submit(() -> differences(own, types, random)));
            }

            // then
            for (Future<Integer> count : wrong) {
                assertThat(count.get()).isZero();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static int differences(
            RowDataSerializer serializer, LogicalType[] types, Random random) {
        Serializers.Binarizer upstreams = Serializers.upstreams(types);
        int differences = 0;
        for (int i = 0; i < 5000; i++) {
            GenericRowData row = new RowValues(random).row(types);
            BinaryRowData expected = upstreams.toBinaryRow(row, false);
            differences += serializer.toBinaryRow(row).equals(expected) ? 0 : 1;
        }
        return differences;
    }

    /** A root that a release adds must get into the fuzz test. */
    @Test
    void allRootsAreKnown() {
        RowTypes types = new RowTypes(new Random(1));
        Set<LogicalTypeRoot> unknown = EnumSet.allOf(LogicalTypeRoot.class);
        unknown.removeIf(root -> types.of(root, RowTypes.MAX_DEPTH) != null);

        assertThat(unknown)
                .containsExactlyInAnyOrder(
                        LogicalTypeRoot.TIMESTAMP_WITH_TIME_ZONE,
                        LogicalTypeRoot.NULL,
                        LogicalTypeRoot.SYMBOL,
                        LogicalTypeRoot.UNRESOLVED,
                        LogicalTypeRoot.DESCRIPTOR);
    }
}
