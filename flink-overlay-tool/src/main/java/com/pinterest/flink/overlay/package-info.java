// SPDX-License-Identifier: Apache-2.0
/**
 * The build tool of the overlay: it applies the patch series to upstream's sources, checks the
 * classes that come out, and grafts them into every jar of the assembled distribution.
 *
 * <p>This package holds the build's entry point, {@link com.pinterest.flink.overlay.Main}, and its
 * options; the work is done in the packages below it, which do not use this one. The tool depends
 * on no Flink class.
 */
package com.pinterest.flink.overlay;
