// SPDX-License-Identifier: Apache-2.0
/** Which types of a job go through Kryo, why, what that costs, and how to mend it. */
package com.pinterest.flink.serialization.report;
