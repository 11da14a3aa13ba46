// SPDX-License-Identifier: Apache-2.0
/** Tests of the state of bundles. */
package com.pinterest.flink.table.runtime.minibatch.state;
