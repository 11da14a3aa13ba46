// SPDX-License-Identifier: Apache-2.0
/** Copies rows, and turns them into binary rows. */
package com.pinterest.flink.table.runtime.rows;
