// SPDX-License-Identifier: Apache-2.0

/**
 * A program that works out on its own what the flight jobs must deliver, and compares.
 *
 * <p>It uses nothing but the JDK and shares no code with the jobs, so that one mistake cannot hide
 * in both.
 */
package com.pinterest.flink.examples.flights.reference;
