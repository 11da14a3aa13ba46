// SPDX-License-Identifier: Apache-2.0
/** Results of SQL that differ from the official release's, because those are wrong. */
package com.pinterest.flink.table.planner;
