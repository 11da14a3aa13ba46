// SPDX-License-Identifier: Apache-2.0
/** Tests of the switch for what this distribution does differently. */
package com.pinterest.flink.features;
