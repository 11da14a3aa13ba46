// SPDX-License-Identifier: Apache-2.0

/**
 * A program that computes the results of the flight jobs independently, and compares.
 *
 * <p>It uses only the JDK and shares no code with the jobs, so that the same mistake cannot be in
 * both.
 */
package com.pinterest.flink.examples.flights.reference;
