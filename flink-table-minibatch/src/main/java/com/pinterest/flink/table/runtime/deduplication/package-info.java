// SPDX-License-Identifier: Apache-2.0
/**
 * Deduplication by fingerprints in SQL. The classes of the operator are generated here from those
 * of the module flink-deduplication, so that a job jar may have another version of it.
 */
package com.pinterest.flink.table.runtime.deduplication;
