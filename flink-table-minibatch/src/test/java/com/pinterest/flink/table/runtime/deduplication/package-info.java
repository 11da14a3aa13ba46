// SPDX-License-Identifier: Apache-2.0
/** Tests of deduplication by fingerprints in SQL. */
package com.pinterest.flink.table.runtime.deduplication;
