// SPDX-License-Identifier: Apache-2.0
/** Tests of where TaskManagers are. */
package com.pinterest.flink.runtime.placement;
