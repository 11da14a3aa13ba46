// SPDX-License-Identifier: Apache-2.0
/**
 * The distribution. The graft puts the classes of the overlay into every jar that contains the
 * originals. Other classes write what belongs to it (notices, {@code PATCHES.md}, the bill of
 * materials, patched Maven artifacts, the tarball), or compare the result with the vanilla twin.
 */
package com.pinterest.flink.overlay.graft;
