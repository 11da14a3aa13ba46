// SPDX-License-Identifier: Apache-2.0
/** Operators that wait for the results of asynchronous functions. */
package com.pinterest.flink.runtime.async;
