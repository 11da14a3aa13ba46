// SPDX-License-Identifier: Apache-2.0
/** Tests of plans and queries with mini-batch. */
package com.pinterest.flink.table.runtime.minibatch;
