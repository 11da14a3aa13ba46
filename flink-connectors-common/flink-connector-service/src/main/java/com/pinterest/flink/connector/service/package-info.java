// SPDX-License-Identifier: Apache-2.0
/**
 * Calls of services from streaming jobs. {@link com.pinterest.flink.connector.service.ServiceCalls}
 * is the entry point, {@link com.pinterest.flink.connector.service.ServiceClient} the configuration
 * of a client, and {@link com.pinterest.flink.connector.service.ServiceProtocol} what a protocol
 * implements.
 */
package com.pinterest.flink.connector.service;
