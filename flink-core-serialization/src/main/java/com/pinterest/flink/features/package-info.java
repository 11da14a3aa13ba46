// SPDX-License-Identifier: Apache-2.0
/** What this distribution does differently, and the switch {@code pinterest.features} for it. */
package com.pinterest.flink.features;
