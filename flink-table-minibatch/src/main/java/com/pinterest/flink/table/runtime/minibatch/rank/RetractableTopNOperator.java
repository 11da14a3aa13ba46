// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.rank.RetractableTopNFunction;

/**
 * Upstream's operator of a Top-N that processes deletions. It rejects the state of a Top-N that
 * does not.
 */
public final class RetractableTopNOperator extends KeyedProcessOperator<RowData, RowData, RowData> {

    private static final long serialVersionUID = 1L;

    public RetractableTopNOperator(RetractableTopNFunction function) {
        super(function);
        function.setKeyContext(this);
    }

    @Override
    public void open() throws Exception {
        StateOfUpdates.refuse(getKeyedStateBackend());
        super.open();
    }
}
