// SPDX-License-Identifier: Apache-2.0
/**
 * The runtime features of this distribution, and the option {@code pinterest.features} that turns
 * them on and off.
 */
package com.pinterest.flink.features;
