// SPDX-License-Identifier: Apache-2.0
/** The report on types that go through Kryo: of a job that starts, and of a job jar. */
package com.pinterest.flink.runtime.serializers;
