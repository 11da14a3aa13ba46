// SPDX-License-Identifier: Apache-2.0

/** Tests of the launch scripts: the real scripts, with a Java that only writes down its call. */
package com.pinterest.flink.dist.scripts;
