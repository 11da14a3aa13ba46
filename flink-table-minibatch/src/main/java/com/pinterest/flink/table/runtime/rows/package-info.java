// SPDX-License-Identifier: Apache-2.0
/** Turns rows into binary rows. */
package com.pinterest.flink.table.runtime.rows;
