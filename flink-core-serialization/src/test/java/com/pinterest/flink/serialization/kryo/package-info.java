// SPDX-License-Identifier: Apache-2.0
/** Reads of Kryo's out of a buffer. */
package com.pinterest.flink.serialization.kryo;
