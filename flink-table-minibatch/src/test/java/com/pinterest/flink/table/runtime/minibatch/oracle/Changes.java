// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.RowKind;

/** How a table changes. */
@SuppressWarnings("ImmutableEnumChecker") // A ChangelogMode is immutable.
enum Changes {
    /** It only grows. */
    INSERTS(ChangelogMode.insertOnly()),
    /** With what was before an update. */
    ALL(ChangelogMode.all()),
    /** By key, with deletions of whole rows. */
    UPSERTS(
            ChangelogMode.newBuilder()
                    .addContainedKind(RowKind.INSERT)
                    .addContainedKind(RowKind.UPDATE_AFTER)
                    .addContainedKind(RowKind.DELETE)
                    .keyOnlyDeletes(false)
                    .build()),
    /** By key, with deletions of which only the key is known. */
    UPSERTS_WITH_KEYS_DELETED(
            ChangelogMode.newBuilder()
                    .addContainedKind(RowKind.INSERT)
                    .addContainedKind(RowKind.UPDATE_AFTER)
                    .addContainedKind(RowKind.DELETE)
                    .keyOnlyDeletes(true)
                    .build());

    private final ChangelogMode mode;

    Changes(ChangelogMode mode) {
        this.mode = mode;
    }

    ChangelogMode mode() {
        return mode;
    }

    /** Whether rows replace each other by key. */
    boolean areByKey() {
        return this == UPSERTS || this == UPSERTS_WITH_KEYS_DELETED;
    }
}
