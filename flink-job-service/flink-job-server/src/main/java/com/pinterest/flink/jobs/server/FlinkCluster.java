// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Cluster;
import com.pinterest.flink.jobs.protocol.Finding;
import java.util.Map;

/** A cluster, with what the service shows of it in addition to what its protocol needs. */
interface FlinkCluster extends Cluster {

    /**
     * The runs of the cluster that are not in trouble, by their ids, with what is seen of them, if
     * one question tells it for many. Of a run that is not among them, {@link #run} says more.
     */
    Finding<Map<String, String>> healthyRuns();

    /** The last completed checkpoint of a run, empty if there is none. */
    Finding<String> lastCheckpoint(String runId);

    /** What people want to see of a run. */
    Finding<RunDetails> details(String runId);

    /** Whether the cluster answers; the value is the version of Flink. */
    Finding<String> version();
}
