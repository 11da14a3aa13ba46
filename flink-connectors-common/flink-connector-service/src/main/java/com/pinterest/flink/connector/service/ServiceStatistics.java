// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.util.concurrent.atomic.LongAdder;

/** What a {@link ServiceCore} has done so far. Thread-safe. */
final class ServiceStatistics {

    final LongAdder calls = new LongAdder();
    final LongAdder keys = new LongAdder();
    final LongAdder failedCalls = new LongAdder();
    final LongAdder timedOutCalls = new LongAdder();
    final LongAdder throttledCalls = new LongAdder();
    final LongAdder repeatedCalls = new LongAdder();
    final LongAdder lateAnswers = new LongAdder();
    final LongAdder coalescedKeys = new LongAdder();
    final LongAdder givenUpKeys = new LongAdder();
    final LongAdder breakerOpened = new LongAdder();
}
