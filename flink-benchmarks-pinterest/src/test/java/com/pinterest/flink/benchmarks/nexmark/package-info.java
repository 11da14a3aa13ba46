// SPDX-License-Identifier: Apache-2.0
/** Tests of the NEXMark queries and their events. */
package com.pinterest.flink.benchmarks.nexmark;
