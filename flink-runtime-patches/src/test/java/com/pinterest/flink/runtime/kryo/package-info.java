// SPDX-License-Identifier: Apache-2.0
/** Kryo's reads over the views of the runtime, compared with upstream's. */
package com.pinterest.flink.runtime.kryo;
