// SPDX-License-Identifier: Apache-2.0
/** Watermarks of inputs and sources that are idle at times. */
package com.pinterest.flink.runtime.eventtime;
