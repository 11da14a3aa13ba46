// SPDX-License-Identifier: Apache-2.0
/**
 * Measurements of serializers: the suites are JMH benchmarks, run by {@link
 * com.pinterest.flink.benchmarks.serialization.JmhRun} in processes of their own. With them stand
 * the hand-written serializers that generated ones are compared with.
 */
package com.pinterest.flink.benchmarks.serialization;
