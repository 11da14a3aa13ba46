// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import org.apache.flink.table.runtime.generated.GeneratedRecordEqualiser;
import org.apache.flink.table.runtime.generated.RecordEqualiser;

/**
 * A generated equaliser of values: whatever kind a row has, of which binary rows take account.
 * {@code RetractableTopNFunction} needs that, as it stores rows with the kind that it has emitted
 * them with.
 */
public final class GeneratedValueEqualiser extends GeneratedRecordEqualiser {

    private static final long serialVersionUID = 1L;

    private final GeneratedRecordEqualiser equaliser;

    public GeneratedValueEqualiser(GeneratedRecordEqualiser equaliser) {
        super(equaliser.getClassName(), equaliser.getCode(), equaliser.getReferences());
        this.equaliser = equaliser;
    }

    /** An equaliser that gives its first row the kind of its second one. */
    @Override
    public RecordEqualiser newInstance(ClassLoader classLoader) {
        RecordEqualiser values = equaliser.newInstance(classLoader);
        return (row, other) -> {
            row.setRowKind(other.getRowKind());
            return values.equals(row, other);
        };
    }
}
