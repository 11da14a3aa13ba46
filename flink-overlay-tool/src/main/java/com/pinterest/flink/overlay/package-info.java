// SPDX-License-Identifier: Apache-2.0
/**
 * The build tool of the overlay. It applies the patch series to upstream's sources, checks the
 * compiled classes, and grafts them into every jar of the assembled distribution.
 *
 * <p>This package contains the entry point of the build, {@link com.pinterest.flink.overlay.Main},
 * and its options. The work is done in the packages below, which do not use this one. The tool does
 * not depend on any Flink class.
 */
package com.pinterest.flink.overlay;
