// SPDX-License-Identifier: Apache-2.0
/** The sink that sends results to the client of a query. */
package com.pinterest.flink.runtime.collect;
