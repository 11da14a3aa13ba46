// SPDX-License-Identifier: Apache-2.0
/**
 * Git work trees of upstream's files with a commit for each patch: made from the patch files, and
 * exported back into them.
 */
package com.pinterest.flink.overlay.worktree;
