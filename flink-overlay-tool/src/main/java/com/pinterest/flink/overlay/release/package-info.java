// SPDX-License-Identifier: Apache-2.0
/**
 * The move of the patches to another release of Flink, in place or as the series of another line.
 */
package com.pinterest.flink.overlay.release;
