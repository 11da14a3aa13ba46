// SPDX-License-Identifier: Apache-2.0
/**
 * Top-N in bundles: the changes of a bundle are applied together, and only the difference is
 * emitted.
 */
package com.pinterest.flink.table.runtime.minibatch.rank;
