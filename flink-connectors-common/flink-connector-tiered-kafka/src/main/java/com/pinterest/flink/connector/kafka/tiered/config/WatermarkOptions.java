// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.apache.flink.table.factories.FactoryUtil.SOURCE_IDLE_TIMEOUT;
import static org.apache.flink.table.factories.FactoryUtil.WATERMARK_ALIGNMENT_GROUP;
import static org.apache.flink.table.factories.FactoryUtil.WATERMARK_ALIGNMENT_MAX_DRIFT;
import static org.apache.flink.table.factories.FactoryUtil.WATERMARK_ALIGNMENT_UPDATE_INTERVAL;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.annotation.Nullable;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;

/**
 * When partitions of a source count as idle, and with which sources it is aligned: the values of
 * the options {@link #OPTIONS}.
 *
 * <p>Immutable.
 */
@Internal
public final class WatermarkOptions {

    /** Flink's options for watermarks, but those that say when they are emitted. */
    public static final List<ConfigOption<?>> OPTIONS =
            List.of(
                    SOURCE_IDLE_TIMEOUT,
                    WATERMARK_ALIGNMENT_GROUP,
                    WATERMARK_ALIGNMENT_MAX_DRIFT,
                    WATERMARK_ALIGNMENT_UPDATE_INTERVAL);

    @Nullable private final Duration idleTimeout;
    @Nullable private final String alignmentGroup;
    @Nullable private final Duration maxDrift;
    private final Duration updateInterval;

    private WatermarkOptions(ReadableConfig options) {
        idleTimeout = options.getOptional(SOURCE_IDLE_TIMEOUT).orElse(null);
        alignmentGroup = options.getOptional(WATERMARK_ALIGNMENT_GROUP).orElse(null);
        maxDrift = options.getOptional(WATERMARK_ALIGNMENT_MAX_DRIFT).orElse(null);
        updateInterval = options.get(WATERMARK_ALIGNMENT_UPDATE_INTERVAL);
    }

    /**
     * Reads the options.
     *
     * @throws ValidationException if only one option of an alignment is set
     */
    public static WatermarkOptions of(ReadableConfig options) {
        WatermarkOptions watermarks = new WatermarkOptions(options);
        if ((watermarks.alignmentGroup == null) != (watermarks.maxDrift == null)) {
            throw new ValidationException(
                    String.format(
                            "'%s' and '%s' have to be set together.",
                            WATERMARK_ALIGNMENT_GROUP.key(), WATERMARK_ALIGNMENT_MAX_DRIFT.key()));
        }
        return watermarks;
    }

    /**
     * Returns a strategy with the idleness and the alignment that are set, which replace its own.
     */
    public <T> WatermarkStrategy<T> applyTo(WatermarkStrategy<T> base) {
        WatermarkStrategy<T> watermarks = base;
        if (idleTimeout != null) {
            watermarks = new NeverIdleWatermarks<>(base);
            if (!idleTimeout.isZero()) {
                watermarks = watermarks.withIdleness(idleTimeout);
            }
        }
        return alignmentGroup == null
                ? watermarks
                : watermarks.withWatermarkAlignment(alignmentGroup, maxDrift, updateInterval);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof WatermarkOptions)) {
            return false;
        }
        WatermarkOptions that = (WatermarkOptions) other;
        return Objects.equals(idleTimeout, that.idleTimeout)
                && Objects.equals(alignmentGroup, that.alignmentGroup)
                && Objects.equals(maxDrift, that.maxDrift)
                && updateInterval.equals(that.updateInterval);
    }

    @Override
    public int hashCode() {
        return Objects.hash(idleTimeout, alignmentGroup, maxDrift, updateInterval);
    }
}
