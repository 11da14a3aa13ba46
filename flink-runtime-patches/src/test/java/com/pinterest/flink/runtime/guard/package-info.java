// SPDX-License-Identifier: Apache-2.0
/** Tests of the guard, on clusters in this process. */
package com.pinterest.flink.runtime.guard;
