// SPDX-License-Identifier: Apache-2.0
/** Tests of the report on types that go through Kryo. */
package com.pinterest.flink.serialization.report;
