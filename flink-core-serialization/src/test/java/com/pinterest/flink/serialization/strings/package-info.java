// SPDX-License-Identifier: Apache-2.0
/** Tests of the strings, against upstream's own class. */
package com.pinterest.flink.serialization.strings;
