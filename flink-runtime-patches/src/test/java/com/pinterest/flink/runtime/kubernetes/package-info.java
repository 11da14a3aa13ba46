// SPDX-License-Identifier: Apache-2.0
/** Tests of the patched Kubernetes deployment. */
package com.pinterest.flink.runtime.kubernetes;
