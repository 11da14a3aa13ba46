// SPDX-License-Identifier: Apache-2.0
/** Generated codecs against upstream's serializer. */
package com.pinterest.flink.serialization.pojo;
