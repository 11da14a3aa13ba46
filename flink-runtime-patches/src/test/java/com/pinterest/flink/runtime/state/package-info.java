// SPDX-License-Identifier: Apache-2.0
/** Tests of what operators ask of state backends. */
package com.pinterest.flink.runtime.state;
