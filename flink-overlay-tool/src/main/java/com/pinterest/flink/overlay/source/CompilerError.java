// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import java.nio.file.Path;

/**
 * A compiler error.
 *
 * @param file the source, or null if the error is not in a source
 * @param line the line, starting at 1
 */
record CompilerError(Path file, long line, String message) {}
