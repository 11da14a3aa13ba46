// SPDX-License-Identifier: Apache-2.0
/** The options of the placement of tasks, and where TaskManagers are. */
package com.pinterest.flink.runtime.placement;
