// SPDX-License-Identifier: Apache-2.0
/** Random SQL queries over random changelogs, compared with the batch result of the same query. */
package com.pinterest.flink.table.runtime.minibatch.oracle;
