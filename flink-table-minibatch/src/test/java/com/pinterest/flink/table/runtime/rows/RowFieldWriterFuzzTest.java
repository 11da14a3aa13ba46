// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.FuzzCases;
import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.rows.Serializers.Binarizer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.binary.BinarySegmentUtils;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.junit.jupiter.api.Test;

/**
 * Random rows of random types become the same binary rows as with upstream's serializer: bytes,
 * sizes, which of them are the same object, and exceptions.
 *
 * <p>More of them: {@link FuzzCases}.
 */
class RowFieldWriterFuzzTest {

    private final Set<LogicalTypeRoot> roots = EnumSet.noneOf(LogicalTypeRoot.class);
    private final Set<String> rowsWritten = new TreeSet<>();
    private final Set<String> thrown = new TreeSet<>();

    @Test
    void writesAsUpstream() throws Exception {
        int cases = FuzzCases.run(2000, this::oneCase);
        System.out.println("fuzz: rows " + rowsWritten + ", exceptions " + thrown);

        if (cases >= 1000) {
            Set<LogicalTypeRoot> all = EnumSet.allOf(LogicalTypeRoot.class);
            RowTypes types = new RowTypes(new Random());
            all.removeIf(root -> types.of(root, RowTypes.MAX_DEPTH) == null);
            assertThat(roots).isEqualTo(all);
            assertThat(rowsWritten)
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
                            "ArrayIndexOutOfBoundsException",
                            "ClassCastException",
                            "NullPointerException",
                            "UnsupportedOperationException");
        }
    }

    private void oneCase(long seed) {
        Random random = Rows.random(seed);
        LogicalType[] types = new RowTypes(random).fields();
        for (LogicalType type : types) {
            roots.add(type.getTypeRoot());
        }
        Recorder ours = new Recorder(Serializers.ours(types));
        Recorder upstreams = new Recorder(Serializers.upstreams(types));
        for (int rows = random.nextInt(6); rows >= 0; rows--) {
            boolean faulty = random.nextInt(6) == 0;
            boolean deepCopy = random.nextInt(5) == 0;
            long rowSeed = random.nextLong();
            RowData row = row(rowSeed, faulty, types);

            String outcome = ours.write(row, deepCopy);

            assertThat(outcome)
                    .as("fuzz.seed=%d fuzz.cases=1, %s", seed, Arrays.toString(types))
                    .isEqualTo(upstreams.write(row(rowSeed, faulty, types), deepCopy));
            if (outcome.startsWith("thrown")) {
                thrown.add(outcome.split("[ :]", -1)[1].replaceAll(".*[.]", ""));
            } else {
                rowsWritten.add(row.getClass().getSimpleName());
            }
        }
    }

    /** Made anew for each, as writing changes strings and raw values. */
    private static RowData row(long seed, boolean faulty, LogicalType... types) {
        RowForms forms = new RowForms(new Random(seed));
        return faulty ? forms.faulty(types) : forms.any(types);
    }

    /** Tells what a serializer makes of rows. */
    private static final class Recorder {

        private final Binarizer serializer;
        private final IdentityHashMap<BinaryRowData, Integer> seen = new IdentityHashMap<>();

        Recorder(Binarizer serializer) {
            this.serializer = serializer;
        }

        String write(RowData row, boolean requiresDeepCopy) {
            try {
                BinaryRowData written = serializer.toBinaryRow(row, requiresDeepCopy);
                int size = written.getSizeInBytes();
                byte[] bytes =
                        BinarySegmentUtils.copyToBytes(
                                written.getSegments(), written.getOffset(), size);
                int number = seen.computeIfAbsent(written, unseen -> seen.size());
                return String.format(
                        "row %d: %s, %d fields, %d bytes of %d at %d: %s",
                        number,
                        written.getRowKind(),
                        written.getArity(),
                        size,
                        written.getSegments()[0].size(),
                        written.getOffset(),
                        Arrays.toString(bytes));
            } catch (RuntimeException | AssertionError e) {
                return "thrown " + e.getClass().getName() + ": " + message(e);
            }
        }

        /** What HotSpot itself throws has no message once the code has been compiled. */
        private static String message(Throwable thrown) {
            boolean hotSpots =
                    thrown instanceof ClassCastException
                            || thrown instanceof NullPointerException
                            || thrown instanceof IndexOutOfBoundsException;
            return hotSpots ? "" : String.valueOf(thrown.getMessage());
        }
    }
}
