// SPDX-License-Identifier: Apache-2.0
/**
 * Upstream's published artifacts and what the build makes of their sources: the source of the
 * artifacts, the patched sources and resources, the trial compilation that finds the patch at
 * fault, and the check of the compiled classes against upstream's, which writes the index of
 * changes.
 */
package com.pinterest.flink.overlay.source;
