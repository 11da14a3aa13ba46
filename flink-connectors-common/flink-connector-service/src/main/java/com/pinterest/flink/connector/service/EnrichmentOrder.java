// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

/** Which records wait for others. All keep their place between watermarks. */
enum EnrichmentOrder {
    UNORDERED,
    ORDERED,
    BY_KEY
}
