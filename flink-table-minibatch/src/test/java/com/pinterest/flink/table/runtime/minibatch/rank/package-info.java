// SPDX-License-Identifier: Apache-2.0
/** Tests of Top-N in bundles. */
package com.pinterest.flink.table.runtime.minibatch.rank;
