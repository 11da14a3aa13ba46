// SPDX-License-Identifier: Apache-2.0
/** Tests of the yardsticks and of the cases; the measurements themselves are run by hand. */
package com.pinterest.flink.benchmarks.serialization;
