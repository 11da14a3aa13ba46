// SPDX-License-Identifier: Apache-2.0

/** The DataStream example job: hourly delay statistics of US flights, exact across restarts. */
package com.pinterest.flink.examples.flights;
