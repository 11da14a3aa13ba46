// SPDX-License-Identifier: Apache-2.0
/**
 * Measurements of serializers. The suites are JMH benchmarks, run by {@link
 * com.pinterest.flink.benchmarks.serialization.JmhRun} in their own processes. The package also
 * contains the hand-written serializers that generated ones are compared with.
 */
package com.pinterest.flink.benchmarks.serialization;
