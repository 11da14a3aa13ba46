// SPDX-License-Identifier: Apache-2.0
/**
 * The command line for those who maintain the patches, {@code ci/patchctl}, and the check of commit
 * subjects that its {@code lint} makes.
 */
package com.pinterest.flink.overlay.patchctl;
