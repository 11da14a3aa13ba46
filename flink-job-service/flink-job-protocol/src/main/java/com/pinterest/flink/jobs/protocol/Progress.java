// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/**
 * What a run has done so far.
 *
 * @param checkpointing whether the run takes checkpoints
 * @param checkpoints how many were completed
 * @param restarts how often it was restarted by Flink
 * @param pace how fast it reads; null if that is not known
 */
public record Progress(boolean checkpointing, long checkpoints, long restarts, Pace pace) {}
