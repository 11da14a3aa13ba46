// SPDX-License-Identifier: Apache-2.0
/** Tests of where a JobManager says which features are active. */
package com.pinterest.flink.runtime.features;
