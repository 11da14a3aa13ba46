// SPDX-License-Identifier: Apache-2.0
/**
 * What all other packages use: digests of files, directory trees, jars, and the exception for
 * failures that the reader can act on.
 */
package com.pinterest.flink.overlay.base;
