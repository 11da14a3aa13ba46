// SPDX-License-Identifier: Apache-2.0
/** Top-N in bundles: the changes of a bundle are made at once, and their sum is emitted. */
package com.pinterest.flink.table.runtime.minibatch.rank;
