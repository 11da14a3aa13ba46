// SPDX-License-Identifier: Apache-2.0
/** The decision of a JobManager on the features of a job, and where it is shown. */
package com.pinterest.flink.runtime.features;
