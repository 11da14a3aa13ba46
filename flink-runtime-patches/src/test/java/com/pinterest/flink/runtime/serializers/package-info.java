// SPDX-License-Identifier: Apache-2.0
/** Tests of the report on types that go through Kryo in a job's graph. */
package com.pinterest.flink.runtime.serializers;
