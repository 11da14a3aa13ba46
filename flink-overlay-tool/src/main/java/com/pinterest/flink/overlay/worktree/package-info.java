// SPDX-License-Identifier: Apache-2.0
/**
 * Git work trees of upstream's files with one commit per patch: created from the patch files, and
 * exported back to them.
 */
package com.pinterest.flink.overlay.worktree;
