// SPDX-License-Identifier: Apache-2.0
/** The SQL client with an exit code that shows whether a script failed. */
package com.pinterest.flink.table.client;
