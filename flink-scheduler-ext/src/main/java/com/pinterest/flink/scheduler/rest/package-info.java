// SPDX-License-Identifier: Apache-2.0
/** The REST interface of placements: {@code GET /jobs/ID/placement}. */
package com.pinterest.flink.scheduler.rest;
