// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.deduplication;

import com.pinterest.flink.features.Feature;
import com.pinterest.flink.features.Features;
import java.time.Duration;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.PartitionTransformation;
import org.apache.flink.streaming.runtime.partitioner.KeyGroupStreamPartitioner;
import org.apache.flink.table.data.RowData;

/**
 * Replaces the planner's deduplication by ours where an option says so. A patch of the plan node
 * calls it.
 */
public final class FirstRows {

    private FirstRows() {}

    /**
     * Returns the planned deduplication, or ours.
     *
     * @param isFirstByArrival whether the planned one emits the first row of a key that arrives
     * @param ttlMillis how long the planned one remembers a key; for ever if not positive
     */
    public static Transformation<RowData> of(
            ReadableConfig config,
            OneInputTransformation<RowData, RowData> planned,
            boolean isFirstByArrival,
            long ttlMillis) {
        return isFirstByArrival
                        && ttlMillis > 0
                        && config.get(FingerprintOptions.FINGERPRINTS)
                        && Features.ofCluster(config).isActive(Feature.MINI_BATCH)
                ? byFingerprints(planned, Duration.ofMillis(ttlMillis))
                : planned;
    }

    private static Transformation<RowData> byFingerprints(
            OneInputTransformation<RowData, RowData> planned, Duration ttl) {
        // The planner sets both.
        @SuppressWarnings("unchecked")
        KeySelector<RowData, RowData> key =
                (KeySelector<RowData, RowData>) planned.getStateKeySelector();
        @SuppressWarnings("unchecked")
        TypeInformation<RowData> keyType = (TypeInformation<RowData>) planned.getStateKeyType();
        TypeSerializer<RowData> serializer = keyType.createSerializer(new SerializerConfigImpl());
        Settings<RowData> settings =
                new Settings<>(
                        Deduplication.by(key, keyType).within(ttl).inProcessingTime(),
                        Deduplication.lateTag(planned.getOutputType()));
        PageSelector<RowData, RowData> pages = new PageSelector<>(key, serializer, settings.pages);

        // Takes the place of the partitioning by the key that stands before it.
        PartitionTransformation<RowData> partitioned =
                new PartitionTransformation<>(
                        inputOf(planned),
                        new KeyGroupStreamPartitioner<>(
                                pages,
                                KeyGroupRangeAssignment.DEFAULT_LOWER_BOUND_MAX_PARALLELISM));
        partitioned.setParallelism(planned.getParallelism(), planned.isParallelismConfigured());
        OneInputTransformation<RowData, RowData> result =
                new OneInputTransformation<>(
                        partitioned,
                        planned.getName(),
                        new DeduplicationOperator<>(key, serializer, settings),
                        planned.getOutputType(),
                        planned.getParallelism(),
                        planned.isParallelismConfigured());
        result.setDescription(planned.getDescription() + " [fingerprints]");
        if (planned.getUid() != null) {
            result.setUid(planned.getUid());
        }
        result.setStateKeySelector(pages);
        result.setStateKeyType(new PageNumberType());
        return result;
    }

    @SuppressWarnings("unchecked")
    private static Transformation<RowData> inputOf(
            OneInputTransformation<RowData, RowData> planned) {
        return (Transformation<RowData>) planned.getInputs().get(0);
    }
}
