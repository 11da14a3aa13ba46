// SPDX-License-Identifier: Apache-2.0
/** Where a JobManager says which features of this distribution are active. */
package com.pinterest.flink.runtime.features;
