// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.annotation.Nullable;

/** How a streaming result is not the batch result. */
final class Difference {

    /** What kind of a difference. */
    enum Kind {
        /** The final tables differ. */
        TABLE,
        /** The tables are the same, but a row was retracted that was not there. */
        STREAM,
        /** One of the jobs failed. */
        FAILURE
    }

    private final Kind kind;
    private final String text;

    private Difference(Kind kind, String text) {
        this.kind = kind;
        this.text = text;
    }

    /** Null if there is none. */
    @Nullable
    static Difference between(ResultTable expected, ResultTable actual) {
        boolean isSame = expected.isSame(actual);
        if (isSame && actual.invalid() == null) {
            return null;
        }
        return new Difference(
                isSame ? Kind.STREAM : Kind.TABLE,
                "  expected:\n    "
                        + expected
                        + "\n  actual:\n    "
                        + actual
                        + "\n  was emitted as:\n    "
                        + actual.changes()
                        + (actual.invalid() == null
                                ? ""
                                : "\n  where was not there: " + actual.invalid())
                        + "\n");
    }

    static Difference failure(String job, Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return new Difference(
                Kind.FAILURE,
                "  the "
                        + job
                        + " job failed:\n"
                        + Arrays.stream(text.toString().split("\n"))
                                .limit(40)
                                .collect(Collectors.joining("\n"))
                        + "\n");
    }

    Kind kind() {
        return kind;
    }

    @Override
    public String toString() {
        return text;
    }
}
