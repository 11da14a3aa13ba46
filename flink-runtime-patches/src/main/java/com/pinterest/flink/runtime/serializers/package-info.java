// SPDX-License-Identifier: Apache-2.0
/** The report on the types that go through Kryo, for a starting job and for a job jar. */
package com.pinterest.flink.runtime.serializers;
