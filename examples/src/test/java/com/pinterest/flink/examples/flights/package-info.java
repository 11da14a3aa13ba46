// SPDX-License-Identifier: Apache-2.0

/** Tests of the flight jobs, on real clusters in the test's process. */
package com.pinterest.flink.examples.flights;
