// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowSizeTest {

    private final WindowSize size = new WindowSize();

    @Test
    void windowsOfSmallValuesGrowToTheMost() {
        for (int slots = WindowSize.FIRST; slots < WindowSize.MOST; slots *= 4) {
            assertThat(size.slots()).isEqualTo(slots);
            size.onWindow(slots, slots * 100L);
        }
        size.onWindow(WindowSize.MOST, WindowSize.MOST * 100L);
        assertThat(size.slots()).isEqualTo(WindowSize.MOST);
    }

    @Test
    void windowsOfLargeValuesTakeAsManyBytes() {
        size.onWindow(1000, 1000L << 16);

        assertThat(size.slots()).isEqualTo(WindowSize.MOST_BYTES >> 16);

        size.onWindow(10, 10L << 30);
        assertThat(size.slots()).isEqualTo(WindowSize.FEWEST);

        size.onWindow(WindowSize.FEWEST, 0);
        assertThat(size.slots()).isEqualTo(4 * WindowSize.FEWEST);
    }

    @Test
    void windowsWithoutSlotsTellNothing() {
        size.onWindow(0, 0);

        assertThat(size.slots()).isEqualTo(WindowSize.FIRST);
    }
}
