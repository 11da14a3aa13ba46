// SPDX-License-Identifier: Apache-2.0
/** What operators may ask of a state backend. */
package com.pinterest.flink.runtime.state;
