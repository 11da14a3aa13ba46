// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

/** How a script ended and what it wrote. */
record ScriptRun(int exitCode, String stdout, String stderr) {}
