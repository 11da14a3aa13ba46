// SPDX-License-Identifier: Apache-2.0
/** The command line for those who maintain the patches, {@code ci/patchctl}. */
package com.pinterest.flink.overlay.patchctl;
