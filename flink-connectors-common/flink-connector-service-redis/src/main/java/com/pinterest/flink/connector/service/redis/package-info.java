// SPDX-License-Identifier: Apache-2.0
/**
 * Look-ups in Redis. {@link com.pinterest.flink.connector.service.redis.RedisService} is the entry
 * point.
 */
package com.pinterest.flink.connector.service.redis;
