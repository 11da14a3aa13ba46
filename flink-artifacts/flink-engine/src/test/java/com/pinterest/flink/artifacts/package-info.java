// SPDX-License-Identifier: Apache-2.0
/** Test of the patched artifacts as a class path. */
package com.pinterest.flink.artifacts;
