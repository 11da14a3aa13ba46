// SPDX-License-Identifier: Apache-2.0
/** The cost of a fallback to Kryo, for the report on fallbacks. */
package com.pinterest.flink.benchmarks.kryo;
