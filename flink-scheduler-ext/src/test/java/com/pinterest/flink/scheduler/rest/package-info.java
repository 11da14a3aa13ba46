// SPDX-License-Identifier: Apache-2.0
/** Tests of the REST interface of placements. */
package com.pinterest.flink.scheduler.rest;
