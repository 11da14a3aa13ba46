// SPDX-License-Identifier: Apache-2.0
/** Tests of bundles, against upstream's operators. */
package com.pinterest.flink.table.runtime.minibatch.bundle;
