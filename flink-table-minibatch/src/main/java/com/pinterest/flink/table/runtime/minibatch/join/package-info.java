// SPDX-License-Identifier: Apache-2.0
/**
 * Regular joins, semi and anti too: in bundles, where the changes of both inputs are made key by
 * key, and row by row, where an input may replace a row without a retraction.
 */
package com.pinterest.flink.table.runtime.minibatch.join;
