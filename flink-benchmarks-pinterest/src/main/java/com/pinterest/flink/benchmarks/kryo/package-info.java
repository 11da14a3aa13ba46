// SPDX-License-Identifier: Apache-2.0
/** What a fallback to Kryo costs: the figures of the report on fallbacks. */
package com.pinterest.flink.benchmarks.kryo;
