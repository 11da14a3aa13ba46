// SPDX-License-Identifier: Apache-2.0
/**
 * Keyed state that is read and written for many keys at once, behind the interfaces by which it is
 * read and written for one.
 */
package com.pinterest.flink.table.runtime.minibatch.state;
