// SPDX-License-Identifier: Apache-2.0
/** The path of records between network buffers and serializers. */
package com.pinterest.flink.runtime.network;
