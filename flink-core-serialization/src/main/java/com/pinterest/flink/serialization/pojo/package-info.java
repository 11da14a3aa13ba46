// SPDX-License-Identifier: Apache-2.0
/**
 * Generated codecs, which process the fields of a POJO without reflection for Flink's POJO
 * serializer.
 */
package com.pinterest.flink.serialization.pojo;
