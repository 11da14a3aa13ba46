// SPDX-License-Identifier: Apache-2.0
/** Flights, and the airports that an HTTP service knows. */
package com.example.flights;
