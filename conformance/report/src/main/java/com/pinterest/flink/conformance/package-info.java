// SPDX-License-Identifier: Apache-2.0
/**
 * The report of {@code ci/conformance} on a run of upstream's tests: which tests failed, which of
 * them are known to fail on the official release too, and whether the patched classes were used.
 */
package com.pinterest.flink.conformance;
