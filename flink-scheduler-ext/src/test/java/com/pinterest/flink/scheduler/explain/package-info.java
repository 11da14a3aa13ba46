// SPDX-License-Identifier: Apache-2.0
/** Tests of what is told of placements. */
package com.pinterest.flink.scheduler.explain;
