// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import static org.apache.flink.util.Preconditions.checkState;

import com.pinterest.flink.connector.service.Outcome;
import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceCore;
import com.pinterest.flink.connector.service.ServiceCores;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.JobID;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.FunctionContext;

/** Looks up the rows of a key at a service. The planner needs it to be public. */
@Internal
public final class ServiceLookupFunction extends AsyncLookupFunction {

    private static final long serialVersionUID = 1;

    private final ServiceClient<RowData, List<RowData>> client;
    private transient ServiceCores.Lease<RowData, List<RowData>> lease;
    private transient ServiceCore<RowData, List<RowData>> service;

    ServiceLookupFunction(ServiceClient<RowData, List<RowData>> client) {
        this.client = client;
    }

    @Override
    public void open(FunctionContext context) throws Exception {
        // A function does not get to know its job in another way.
        String job = context.getMetricGroup().getAllVariables().get("<job_id>");
        checkState(job != null, "The metrics of the function do not name the job");
        lease =
                ServiceCores.acquire(
                        client, JobID.fromHexString(job), context.getUserCodeClassLoader());
        service = lease.core();
        service.registerMetrics(context.getMetricGroup());
    }

    @Override
    public CompletableFuture<Collection<RowData>> asyncLookup(RowData keyRow) {
        RowData key = copy((GenericRowData) keyRow);
        Outcome<List<RowData>> cached = service.cached(key);
        CompletableFuture<Collection<RowData>> rows = new CompletableFuture<>();
        if (cached != null) {
            complete(rows, cached);
        } else {
            service.lookUp(key, outcome -> complete(rows, outcome));
        }
        return rows;
    }

    /** Strings may refer to the memory of a whole row, which must not stay in the cache. */
    private static RowData copy(GenericRowData row) {
        GenericRowData copy = new GenericRowData(row.getArity());
        for (int i = 0; i < row.getArity(); i++) {
            Object field = row.getField(i);
            copy.setField(
                    i,
                    field instanceof StringData
                            ? StringData.fromBytes(((StringData) field).toBytes())
                            : field);
        }
        return copy;
    }

    private void complete(
            CompletableFuture<Collection<RowData>> rows, Outcome<List<RowData>> outcome) {
        if (outcome.failure() == null) {
            rows.complete(outcome.value() == null ? List.of() : outcome.value());
        } else {
            rows.completeExceptionally(
                    new IOException(
                            String.format(
                                    "Service %s could not answer for a row, after %d calls",
                                    client.name(), outcome.attempts()),
                            outcome.failure()));
        }
    }

    @Override
    public void close() throws Exception {
        if (lease != null) {
            lease.close();
        }
    }
}
