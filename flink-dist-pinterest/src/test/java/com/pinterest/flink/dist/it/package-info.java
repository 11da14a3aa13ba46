// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the unpacked distribution: its scripts, daemons and clients as separate processes, as a
 * user runs them. The vanilla twin, the same assembly without the overlay, is there to compare
 * with.
 *
 * <p>Each cluster or client has a configuration, log and pid directory of its own below {@code
 * target/it-work}, which stays when a test fails.
 */
package com.pinterest.flink.dist.it;
