// SPDX-License-Identifier: Apache-2.0
/** Generated codecs: what Flink's POJO serializer does field by field, without reflection. */
package com.pinterest.flink.serialization.pojo;
