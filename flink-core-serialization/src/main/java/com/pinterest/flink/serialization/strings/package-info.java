// SPDX-License-Identifier: Apache-2.0
/** Strings in the format of {@link org.apache.flink.types.StringValue}, many bytes at a time. */
package com.pinterest.flink.serialization.strings;
