// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A committable of a {@link TieredKafkaSink}, or a part of its writer's state, with the tier that
 * it belongs to.
 *
 * <p>Immutable, as far as the value is.
 */
final class TierItem {

    private final SinkTier tier;
    private final Object value;

    TierItem(SinkTier tier, Object value) {
        this.tier = requireNonNull(tier, "tier");
        this.value = requireNonNull(value, "value");
    }

    static List<TierItem> of(SinkTier tier, Collection<?> values) {
        return values.stream().map(value -> new TierItem(tier, value)).collect(Collectors.toList());
    }

    /** Returns the values of one tier. */
    static <V> List<V> of(Collection<TierItem> items, SinkTier tier, Class<V> type) {
        return items.stream()
                .filter(item -> item.tier == tier)
                .map(item -> type.cast(item.value))
                .collect(Collectors.toList());
    }

    SinkTier tier() {
        return tier;
    }

    Object value() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TierItem
                && tier == ((TierItem) other).tier
                && value.equals(((TierItem) other).value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tier, value);
    }

    @Override
    public String toString() {
        return tier + " " + value;
    }
}
