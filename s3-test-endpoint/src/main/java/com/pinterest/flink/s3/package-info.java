// SPDX-License-Identifier: Apache-2.0
/** An S3 endpoint for tests, in its own process. */
package com.pinterest.flink.s3;
