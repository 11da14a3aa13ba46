// SPDX-License-Identifier: Apache-2.0
/** What is told of placements: the document, where it is kept, and where it is shown. */
package com.pinterest.flink.scheduler.explain;
