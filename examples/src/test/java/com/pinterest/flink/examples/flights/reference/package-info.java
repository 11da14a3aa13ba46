// SPDX-License-Identifier: Apache-2.0

/** Tests of the reference program, and what other tests compare job output with. */
package com.pinterest.flink.examples.flights.reference;
