// SPDX-License-Identifier: Apache-2.0
/** Tests of the SQL client's additions. */
package com.pinterest.flink.table.client;
