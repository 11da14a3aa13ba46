// SPDX-License-Identifier: Apache-2.0
/** Tests of the example. */
package com.example.flights;
