// SPDX-License-Identifier: Apache-2.0
/** SQL mini-batch: what the planner is given in place of upstream's operators, and its options. */
package com.pinterest.flink.table.runtime.minibatch;
