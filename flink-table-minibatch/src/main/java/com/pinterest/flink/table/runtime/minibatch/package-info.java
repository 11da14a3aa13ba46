// SPDX-License-Identifier: Apache-2.0
/** SQL mini-batch: the factory that the planner calls for operators, and the options. */
package com.pinterest.flink.table.runtime.minibatch;
