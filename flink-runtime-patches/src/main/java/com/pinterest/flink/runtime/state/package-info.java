// SPDX-License-Identifier: Apache-2.0
/** What operators can request from a state backend. */
package com.pinterest.flink.runtime.state;
