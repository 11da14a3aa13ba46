// SPDX-License-Identifier: Apache-2.0
/** What the faster serializers have in common: the feature that switches them. */
package com.pinterest.flink.serialization;
