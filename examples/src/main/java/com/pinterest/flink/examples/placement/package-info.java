// SPDX-License-Identifier: Apache-2.0
/** A job whose speed depends on where its tasks run. */
package com.pinterest.flink.examples.placement;
