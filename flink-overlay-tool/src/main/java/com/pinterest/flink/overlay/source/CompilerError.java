// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import java.nio.file.Path;

/**
 * An error that a compiler found.
 *
 * @param file the source, or null if the error is in none
 * @param line from 1
 */
record CompilerError(Path file, long line, String message) {}
