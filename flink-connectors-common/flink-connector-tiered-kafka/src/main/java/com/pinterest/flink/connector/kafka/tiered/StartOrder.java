// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.Serializable;
import java.util.List;
import javax.annotation.Nullable;

/**
 * The name of a source in its job, and the sources that it starts after.
 *
 * <p>Immutable.
 */
final class StartOrder implements Serializable {

    private static final long serialVersionUID = 1L;

    /** That of a source that no other can wait for, and that waits for none. */
    static final StartOrder NONE = new StartOrder(null, List.of());

    @Nullable private final String name;
    private final List<String> after;

    StartOrder(@Nullable String name, List<String> after) {
        this.name = name;
        this.after = List.copyOf(after);
    }

    @Nullable
    String name() {
        return name;
    }

    List<String> after() {
        return after;
    }
}
