// SPDX-License-Identifier: Apache-2.0
/** Tests of the example of placement. */
package com.pinterest.flink.examples.placement;
