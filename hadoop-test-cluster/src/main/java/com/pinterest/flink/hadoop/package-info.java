// SPDX-License-Identifier: Apache-2.0
/** YARN and HDFS for tests, in their own process. */
package com.pinterest.flink.hadoop;
