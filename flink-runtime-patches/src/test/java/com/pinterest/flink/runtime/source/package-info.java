// SPDX-License-Identifier: Apache-2.0
/** Tests of the patched source reader. */
package com.pinterest.flink.runtime.source;
