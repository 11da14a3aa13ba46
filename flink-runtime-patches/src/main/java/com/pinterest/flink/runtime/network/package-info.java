// SPDX-License-Identifier: Apache-2.0
/** Records between the network's buffers and their serializers. */
package com.pinterest.flink.runtime.network;
