// SPDX-License-Identifier: Apache-2.0
/**
 * The distribution: the graft puts the overlay's classes into every jar that holds the original,
 * the rest writes what goes with it (notices, {@code PATCHES.md}, the bill of materials, patched
 * Maven artifacts, the tarball) or compares the result with the vanilla twin.
 */
package com.pinterest.flink.overlay.graft;
