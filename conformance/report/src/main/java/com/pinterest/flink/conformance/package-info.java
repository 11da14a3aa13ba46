// SPDX-License-Identifier: Apache-2.0
/**
 * What {@code ci/conformance} makes of a run of upstream's tests: which of them failed, which of
 * those are known to fail on the official release too, and whether the patched classes were the
 * ones that ran.
 */
package com.pinterest.flink.conformance;
