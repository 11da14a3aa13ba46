// SPDX-License-Identifier: Apache-2.0
/** Rules on how the modules of this build depend on each other and on Flink. */
package com.pinterest.flink.dist.architecture;
