// SPDX-License-Identifier: Apache-2.0
/** YARN and HDFS for tests, in a process of their own. */
package com.pinterest.flink.hadoop;
