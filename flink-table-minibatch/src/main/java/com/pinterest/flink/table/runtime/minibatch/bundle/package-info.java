// SPDX-License-Identifier: Apache-2.0
/** Operators that gather rows by key and process them together. */
package com.pinterest.flink.table.runtime.minibatch.bundle;
