// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import javax.annotation.Nullable;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.legacy.YieldingOperatorFactory;
import org.apache.flink.util.OutputTag;

/**
 * Creates {@link EnrichmentOperator}s. As they yield, the planner of chains must not put them
 * behind a legacy source, whose thread would never run their mails; hence this factory.
 */
@SuppressWarnings("deprecation") // The planner of chains asks for this interface.
final class EnrichmentOperatorFactory<T, K, V, R> extends AbstractStreamOperatorFactory<R>
        implements OneInputStreamOperatorFactory<T, R>, YieldingOperatorFactory<R> {

    private static final long serialVersionUID = 1;

    final ServiceClient<K, V> client;
    final KeySelector<T, K> serviceKey;
    final EnrichFunction<T, V, R> function;
    final TypeInformation<T> inputType;
    final EnrichmentOrder order;
    final int capacity;
    @Nullable final OutputTag<DeadLetter<T>> deadLetters;

    EnrichmentOperatorFactory(
            ServiceClient<K, V> client,
            KeySelector<T, K> serviceKey,
            EnrichFunction<T, V, R> function,
            TypeInformation<T> inputType,
            EnrichmentOrder order,
            int capacity,
            @Nullable OutputTag<DeadLetter<T>> deadLetters) {
        this.client = client;
        this.serviceKey = serviceKey;
        this.function = function;
        this.inputType = inputType;
        this.order = order;
        this.capacity = capacity;
        this.deadLetters = deadLetters;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // As Flink declares it.
    public <O extends StreamOperator<R>> O createStreamOperator(
            StreamOperatorParameters<R> parameters) {
        // Flink's signature: there is only one type of operator.
        return (O) new EnrichmentOperator<>(this, parameters, getMailboxExecutor());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return EnrichmentOperator.class;
    }
}
