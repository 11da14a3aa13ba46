// SPDX-License-Identifier: Apache-2.0
/** Tests of the report on small reports of their own. */
package com.pinterest.flink.conformance;
