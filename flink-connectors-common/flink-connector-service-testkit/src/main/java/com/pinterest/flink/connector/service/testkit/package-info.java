// SPDX-License-Identifier: Apache-2.0
/**
 * Tests that each client has to pass. {@link
 * com.pinterest.flink.connector.service.testkit.ServiceConformance} is the entry point.
 */
package com.pinterest.flink.connector.service.testkit;
