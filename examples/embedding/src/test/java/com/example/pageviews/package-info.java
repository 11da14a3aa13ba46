// SPDX-License-Identifier: Apache-2.0
/** Tests of the job on a MiniCluster of the distribution. */
package com.example.pageviews;
