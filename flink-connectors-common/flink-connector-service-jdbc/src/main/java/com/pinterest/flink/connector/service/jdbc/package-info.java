// SPDX-License-Identifier: Apache-2.0
/**
 * Look-ups in databases. {@link com.pinterest.flink.connector.service.jdbc.JdbcService} is the
 * entry point.
 */
package com.pinterest.flink.connector.service.jdbc;
