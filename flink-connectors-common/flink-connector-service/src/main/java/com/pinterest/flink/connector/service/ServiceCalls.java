// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.util.OutputTag;

/**
 * Calls a service for the records of a stream.
 *
 * <pre>{@code
 * DataStream<Delivery> deliveries =
 *         ServiceCalls.enrich(orders, customers)
 *                 .by(Order::getCustomer)
 *                 .with((order, customer) -> new Delivery(order, customer), deliveryType)
 *                 .uid("customers");
 * }</pre>
 *
 * <p>A record is in the operator's state until it is emitted. After a restart the service is called
 * again for the records that were in flight, so it is called at least once for each.
 */
@PublicEvolving
public final class ServiceCalls {

    private ServiceCalls() {}

    /** Begins the description of an operator that looks up a value for each record. */
    public static <T, K, V> Enrichment<T, K, V> enrich(
            DataStream<T> stream, ServiceClient<K, V> client) {
        return new Enrichment<>(stream, client);
    }

    /** A side output for {@link Enrichment#withDeadLettersTo}. */
    public static <T> OutputTag<DeadLetter<T>> deadLetterTag(
            String id, TypeInformation<T> recordType) {
        return new OutputTag<>(id, DeadLetter.type(recordType));
    }
}
