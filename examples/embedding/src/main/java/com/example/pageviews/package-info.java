// SPDX-License-Identifier: Apache-2.0
/** A job to be tested. */
package com.example.pageviews;
