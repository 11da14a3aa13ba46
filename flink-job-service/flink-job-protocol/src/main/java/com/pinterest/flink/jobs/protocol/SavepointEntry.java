// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.time.Instant;

/**
 * A savepoint in the catalogue.
 *
 * @param epoch of which run
 * @param operation the id of the operation that has taken it
 */
public record SavepointEntry(
        JobKey job, long epoch, String path, String operation, Instant createdAt) {}
