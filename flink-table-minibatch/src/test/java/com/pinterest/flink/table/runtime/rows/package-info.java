// SPDX-License-Identifier: Apache-2.0
/** Tests of how rows become binary rows, against upstream's own serializer. */
package com.pinterest.flink.table.runtime.rows;
