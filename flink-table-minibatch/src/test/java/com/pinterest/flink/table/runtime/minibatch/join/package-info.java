// SPDX-License-Identifier: Apache-2.0
/** Tests of joins in bundles. */
package com.pinterest.flink.table.runtime.minibatch.join;
