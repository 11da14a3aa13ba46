// SPDX-License-Identifier: Apache-2.0
/** Regular joins in bundles, semi and anti too: the changes of both inputs are made key by key. */
package com.pinterest.flink.table.runtime.minibatch.join;
