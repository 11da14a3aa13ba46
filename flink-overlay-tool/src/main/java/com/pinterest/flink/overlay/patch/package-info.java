// SPDX-License-Identifier: Apache-2.0
/**
 * Patch files, their headers and rules, the series that list them for each upstream module and
 * line, the pins, and the strict patcher.
 *
 * <p>This package reads and checks patches, and applies them to lines of text. It knows neither
 * upstream's jars nor git.
 */
package com.pinterest.flink.overlay.patch;
