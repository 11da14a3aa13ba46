// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.serialization.SerializationFeature;
import com.pinterest.flink.table.runtime.minibatch.FuzzCases;
import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.rows.Serializers.Copier;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryFormat;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.binary.BinarySegmentUtils;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.junit.jupiter.api.Test;

/**
 * Random rows of random types are copied, or refused, as upstream does it, and share no memory that
 * may change.
 *
 * <p>More of them: {@link FuzzCases}.
 */
class RowFieldCopierFuzzTest {

    private final Set<String> rowsCopied = new TreeSet<>();
    private final Set<String> thrown = new TreeSet<>();

    @Test
    void copiesAsUpstream() throws Exception {
        int cases = FuzzCases.run(2000, this::oneCase);
        System.out.println("fuzz: rows " + rowsCopied + ", exceptions " + thrown);
        if (cases >= 1000) {
            assertThat(rowsCopied)
                    .contains(
                            "BinaryRowData",
                            "BoxedWrapperRowData",
                            "ColumnarRowData",
                            "GenericRowData",
                            "JoinedRowData",
                            "NestedRowData",
                            "ProjectedRowData",
                            "UpdatableRowData");
            assertThat(thrown)
                    .contains(
                            "ClassCastException",
                            "IllegalArgumentException",
                            "NullPointerException");
        }
    }

    private void oneCase(long seed) {
        Random random = Rows.random(seed);
        LogicalType[] types = new RowTypes(random).fields();
        Copier ours = Serializers.ourCopier(types);
        Copier upstreams = Serializers.upstreamsCopier(types);
        for (int rows = random.nextInt(6); rows >= 0; rows--) {
            boolean faulty = random.nextInt(6) == 0;
            boolean reuses = random.nextInt(4) == 0;
            long rowSeed = random.nextLong();
            RowData row = row(rowSeed, faulty, types);

            String outcome = copy(ours, row, reuses, types);

            assertThat(outcome)
                    .as("fuzz.seed=%d fuzz.cases=1, %s", seed, Arrays.toString(types))
                    .isEqualTo(copy(upstreams, row(rowSeed, faulty, types), reuses, types));
            if (outcome.startsWith("thrown")) {
                thrown.add(outcome.replaceAll(".*[.]", ""));
            } else {
                rowsCopied.add(row.getClass().getSimpleName());
            }
        }
    }

    private static RowData row(long seed, boolean faulty, LogicalType... types) {
        RowForms forms = new RowForms(new Random(seed));
        return faulty ? forms.faulty(types) : forms.any(types);
    }

    /** What a copy is, also when the row that it was made of has been overwritten. */
    private static String copy(Copier copier, RowData row, boolean reuses, LogicalType... types) {
        GenericRowData reused = new GenericRowData(types.length);
        for (int field = 0; field < types.length; field++) {
            reused.setField(field, "of the row before");
        }
        RowData copy;
        try {
            copy = copier.copy(row, reuses ? reused : null);
        } catch (RuntimeException | AssertionError e) {
            return "thrown " + e.getClass().getName();
        }
        String before = describe(copy, types);
        if (row instanceof GenericRowData) {
            overwriteStrings((GenericRowData) row);
        }
        assertThat(describe(copy, types)).as("after the row has changed").isEqualTo(before);
        return before;
    }

    private static void overwriteStrings(GenericRowData row) {
        for (int field = 0; field < row.getArity(); field++) {
            if (row.getField(field) instanceof BinaryStringData) {
                BinaryFormat string = (BinaryFormat) row.getField(field);
                for (MemorySegment segment : string.getSegments()) {
                    for (int i = 0; i < segment.size(); i++) {
                        segment.put(i, (byte) '#');
                    }
                }
            }
        }
    }

    private static String describe(RowData row, LogicalType... types) {
        StringBuilder text = new StringBuilder();
        text.append(row.getClass().getName()).append(' ').append(row.getRowKind());
        for (int field = 0; field < types.length; field++) {
            Object value =
                    row instanceof GenericRowData
                            ? ((GenericRowData) row).getField(field)
                            : RowData.createFieldGetter(types[field], field).getFieldOrNull(row);
            text.append('\n').append(describe(value));
        }
        return text.append(binary(row, types)).toString();
    }

    private static String binary(RowData row, LogicalType... types) {
        try {
            BinaryRowData binary = Serializers.upstreams(types).toBinaryRow(row, false);
            return Arrays.toString(
                    BinarySegmentUtils.copyToBytes(
                            binary.getSegments(), binary.getOffset(), binary.getSizeInBytes()));
        } catch (RuntimeException | AssertionError e) {
            return "not to be written: " + e.getClass().getName();
        }
    }

    private static String describe(Object value) {
        if (value instanceof byte[]) {
            return Arrays.toString((byte[]) value);
        }
        if (value instanceof BinaryStringData) {
            BinaryStringData string = (BinaryStringData) value;
            return String.format(
                    "%d segments, of %d bytes, from %d, '%s', as object '%s'",
                    string.getSegments().length,
                    string.getSegments()[0].size(),
                    string.getOffset(),
                    Arrays.toString(string.toBytes()),
                    string.getJavaObject());
        }
        boolean isSimple =
                value == null
                        || value instanceof Number
                        || value instanceof Boolean
                        || value instanceof TimestampData;
        return isSimple ? String.valueOf(value) : value.getClass().getName();
    }

    @Test
    void fieldsWithAnotherSerializerThanUsualAreLeftToIt() {
        LogicalType[] types = {new BigIntType()};
        TypeSerializer<?>[] serializers = {IntSerializer.INSTANCE};
        RowDataSerializer serializer = new RowDataSerializer(types, serializers);

        GenericRowData row = GenericRowData.of(1L);
        BinaryRowData binary = new RowDataSerializer(types).toBinaryRow(row);
        RowData projected = ProjectedRowData.from(new int[] {0}).replaceRow(binary);

        assertThatThrownBy(() -> serializer.copy(row)).isInstanceOf(ClassCastException.class);
        assertThatThrownBy(() -> serializer.copy(projected)).isInstanceOf(ClassCastException.class);
    }

    @Test
    void upstreamsCodeCopiesWhereTheFeatureIsOff() {
        Thread thread = Thread.currentThread();
        ClassLoader userCode = thread.getContextClassLoader();
        ClassLoader ofJob = new ClassLoader(userCode) {};
        SerializationFeature.decide(ofJob, false);
        thread.setContextClassLoader(ofJob);
        Long number = Long.valueOf(1_000_000);
        LogicalType[] types = {new BigIntType()};
        try {
            GenericRowData copy =
                    (GenericRowData) new RowDataSerializer(types).copy(GenericRowData.of(number));
            assertThat(copy.getField(0)).as("boxed again").isEqualTo(number).isNotSameAs(number);
        } finally {
            thread.setContextClassLoader(userCode);
        }
        GenericRowData copy =
                (GenericRowData) new RowDataSerializer(types).copy(GenericRowData.of(number));
        assertThat(copy.getField(0)).as("shared").isSameAs(number);
    }
}
