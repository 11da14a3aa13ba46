// SPDX-License-Identifier: Apache-2.0
/** What {@code ci/mutants} runs the tests with. */
package com.pinterest.flink.mutants;
