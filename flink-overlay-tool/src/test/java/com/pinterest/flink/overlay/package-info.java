// SPDX-License-Identifier: Apache-2.0
/** Tests of the overlay tool, on real jars that the fixtures compile and pack. */
package com.pinterest.flink.overlay;
