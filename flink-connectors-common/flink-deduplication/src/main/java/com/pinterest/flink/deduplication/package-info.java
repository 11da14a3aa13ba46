// SPDX-License-Identifier: Apache-2.0
/**
 * Deduplication of streams. {@link com.pinterest.flink.deduplication.Deduplication} is the entry
 * point.
 */
package com.pinterest.flink.deduplication;
