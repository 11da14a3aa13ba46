// SPDX-License-Identifier: Apache-2.0
/** Copiers of rows, and writers of binary rows. */
package com.pinterest.flink.table.runtime.rows;
