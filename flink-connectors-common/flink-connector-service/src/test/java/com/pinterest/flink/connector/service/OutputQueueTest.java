// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order in which records leave, against a model that looks at all of them each time. */
final class OutputQueueTest {

    /** A record, or a barrier. */
    private static final class Item extends OutputQueue.Entry {

        final int number;
        final boolean barrier;
        final Object lane;
        boolean completed;

        Item(int number, boolean barrier, Object lane) {
            this.number = number;
            this.barrier = barrier;
            this.lane = lane;
        }

        @Override
        public String toString() {
            return (barrier ? "barrier " : "record ") + number + " of lane " + lane;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5})
    void recordsLeaveAsSoonAsTheyMay(int lanes) throws Exception {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            List<Item> left = new ArrayList<>();
            OutputQueue<Item> queue = new OutputQueue<>(left::add);
            List<Item> arrived = new ArrayList<>();
            Set<Item> gone = new LinkedHashSet<>();
            for (int step = 0; step < 100; step++) {
                int action = random.nextInt(10);
                List<Item> open =
                        arrived.stream().filter(item -> !item.barrier && !item.completed).toList();
                if (action == 0) {
                    Item barrier = new Item(step, true, null);
                    arrived.add(barrier);
                    queue.addBarrier(() -> left.add(barrier));
                } else if (action < 5 || open.isEmpty()) {
                    Object lane = lanes == 0 ? null : (Object) random.nextInt(lanes);
                    Item item = new Item(step, false, lane);
                    assertThat(queue.isFree(lane)).isEqualTo(mayLeave(item, arrived, gone));
                    arrived.add(item);
                    queue.add(item, lane);
                } else {
                    Item item = open.get(random.nextInt(open.size()));
                    item.completed = true;
                    queue.complete(item);
                }
                removeThoseThatMayLeave(arrived, gone);
                assertThat(new HashSet<>(left)).isEqualTo(gone);
                assertThat(left).doesNotHaveDuplicates();
                assertThat(queue.entries())
                        .containsExactlyElementsOf(
                                arrived.stream()
                                        .filter(item -> !item.barrier && !gone.contains(item))
                                        .toList());
            }
            requireOrder(left);
        }
    }

    private static void removeThoseThatMayLeave(List<Item> arrived, Set<Item> gone) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = 0; i < arrived.size(); i++) {
                Item item = arrived.get(i);
                if (!gone.contains(item)
                        && (item.barrier || item.completed)
                        && mayLeave(item, arrived.subList(0, i), gone)) {
                    gone.add(item);
                    changed = true;
                }
            }
        }
    }

    /** Whether nothing that came before holds an item back. */
    private static boolean mayLeave(Item item, List<Item> before, Set<Item> gone) {
        for (Item other : before) {
            boolean holds =
                    item.barrier
                            || other.barrier
                            || (item.lane != null && item.lane.equals(other.lane));
            if (holds && !gone.contains(other)) {
                return false;
            }
        }
        return true;
    }

    private static void requireOrder(List<Item> left) {
        for (int i = 1; i < left.size(); i++) {
            Item item = left.get(i);
            for (Item earlier : left.subList(0, i)) {
                boolean held =
                        item.barrier
                                || earlier.barrier
                                || (item.lane != null && item.lane.equals(earlier.lane));
                if (held) {
                    assertThat(earlier.number).isLessThan(item.number);
                }
            }
        }
    }
}
