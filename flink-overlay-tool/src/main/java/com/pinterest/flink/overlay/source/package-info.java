// SPDX-License-Identifier: Apache-2.0
/**
 * Upstream's published artifacts and what the build makes of their sources: where they come from,
 * the patched sources and resources, the compilation that finds the patch at fault, and the check
 * of the compiled classes against upstream's, which writes the index of what was changed.
 */
package com.pinterest.flink.overlay.source;
