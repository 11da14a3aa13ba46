// SPDX-License-Identifier: Apache-2.0
/** Inputs with which Kryo reads records from a buffer. */
package com.pinterest.flink.serialization.kryo;
