// SPDX-License-Identifier: Apache-2.0
/** The feature that turns the faster serializers on and off. */
package com.pinterest.flink.serialization;
