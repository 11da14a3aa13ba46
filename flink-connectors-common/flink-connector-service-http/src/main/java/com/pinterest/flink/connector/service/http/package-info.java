// SPDX-License-Identifier: Apache-2.0
/**
 * Calls of HTTP services. {@link com.pinterest.flink.connector.service.http.HttpService} is the
 * entry point.
 */
package com.pinterest.flink.connector.service.http;
