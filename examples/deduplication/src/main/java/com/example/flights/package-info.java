// SPDX-License-Identifier: Apache-2.0
/** An example of deduplication: flights that are delivered more than once. */
package com.example.flights;
