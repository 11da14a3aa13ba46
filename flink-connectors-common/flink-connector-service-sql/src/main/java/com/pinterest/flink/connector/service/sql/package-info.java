// SPDX-License-Identifier: Apache-2.0
/**
 * Services as tables of SQL, for lookup joins. {@link
 * com.pinterest.flink.connector.service.sql.ServiceOptions} lists the options.
 */
package com.pinterest.flink.connector.service.sql;
