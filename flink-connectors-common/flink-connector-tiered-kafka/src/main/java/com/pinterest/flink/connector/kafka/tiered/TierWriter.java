// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;

/**
 * The writer of one tier. Its methods run in the task's thread.
 *
 * @param <T> the type of the records
 */
interface TierWriter<T> extends StatefulSinkWriter<T, TierItem>, CommittingSinkWriter<T, TierItem> {}
