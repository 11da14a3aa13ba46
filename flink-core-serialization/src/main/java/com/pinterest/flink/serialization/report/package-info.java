// SPDX-License-Identifier: Apache-2.0
/** The report on the types of a job that go through Kryo: the reason, the cost and the fix. */
package com.pinterest.flink.serialization.report;
