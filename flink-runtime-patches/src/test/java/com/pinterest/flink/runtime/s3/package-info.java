// SPDX-License-Identifier: Apache-2.0
/** Files that the native S3 file system writes. */
package com.pinterest.flink.runtime.s3;
