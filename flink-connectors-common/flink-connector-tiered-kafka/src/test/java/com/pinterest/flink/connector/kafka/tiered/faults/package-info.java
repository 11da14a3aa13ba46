// SPDX-License-Identifier: Apache-2.0
/** Seeded runs of archiver and source with failures, see {@code ci/faults unlimited-log}. */
package com.pinterest.flink.connector.kafka.tiered.faults;
