// SPDX-License-Identifier: Apache-2.0
/**
 * Regular joins, including semi and anti joins: in bundles, which process the changes of both
 * inputs key by key, and row by row, if an input may replace a row without a retraction.
 */
package com.pinterest.flink.table.runtime.minibatch.join;
