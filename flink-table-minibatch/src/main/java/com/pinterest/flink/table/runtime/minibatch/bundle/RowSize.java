// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryFormat;
import org.apache.flink.table.data.binary.BinaryStringData;

/** The approximate memory of rows. */
final class RowSize {

    /** The size of a field without further information: a reference and a small object. */
    private static final int FIELD = 24;

    private RowSize() {}

    /**
     * Returns the approximate memory of a row in bytes; for binary rows, exactly their bytes,
     * without their objects.
     */
    static long of(RowData row) {
        if (row instanceof BinaryFormat) {
            return ((BinaryFormat) row).getSizeInBytes();
        }
        long size = (long) FIELD * row.getArity();
        if (row instanceof GenericRowData) {
            GenericRowData generic = (GenericRowData) row;
            for (int i = 0; i < generic.getArity(); i++) {
                size += ofField(generic.getField(i));
            }
        }
        return size;
    }

    private static long ofField(Object field) {
        if (field instanceof byte[]) {
            return ((byte[]) field).length;
        }
        if (field instanceof RowData) {
            return of((RowData) field);
        }
        return field instanceof BinaryStringData ? ofString((BinaryStringData) field) : 0;
    }

    private static long ofString(BinaryStringData string) {
        return string.getBinarySection() == null
                ? (long) Character.BYTES * string.getJavaObject().length()
                : string.getBinarySection().getSizeInBytes();
    }
}
