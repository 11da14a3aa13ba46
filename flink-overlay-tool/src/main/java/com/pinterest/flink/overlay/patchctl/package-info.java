// SPDX-License-Identifier: Apache-2.0
/**
 * The command line for maintainers of the patches, {@code ci/patchctl}, and the check of commit
 * subjects in its {@code lint}.
 */
package com.pinterest.flink.overlay.patchctl;
