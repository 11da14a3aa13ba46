// SPDX-License-Identifier: Apache-2.0
/**
 * Keyed state that is read and written for many keys at once, behind the interfaces for the access
 * to one key.
 */
package com.pinterest.flink.table.runtime.minibatch.state;
