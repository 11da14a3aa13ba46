// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.http.HttpService;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.lookup.LookupOptions;
import org.apache.flink.table.connector.source.lookup.LookupOptions.LookupCacheType;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;

/** Creates the tables of services. */
@Internal
public final class ServiceTableFactory implements DynamicTableSourceFactory {

    @Override
    public String factoryIdentifier() {
        return "service";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(ServiceOptions.URL, FactoryUtil.FORMAT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(
                ServiceOptions.BATCH_SIZE,
                ServiceOptions.BATCH_DELAY,
                ServiceOptions.TIMEOUT,
                ServiceOptions.MAX_CONCURRENCY,
                LookupOptions.CACHE_TYPE,
                LookupOptions.MAX_RETRIES,
                LookupOptions.PARTIAL_CACHE_MAX_ROWS,
                LookupOptions.PARTIAL_CACHE_EXPIRE_AFTER_WRITE,
                LookupOptions.PARTIAL_CACHE_CACHE_MISSING_KEY);
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        DecodingFormat<DeserializationSchema<RowData>> rows =
                helper.discoverDecodingFormat(
                        DeserializationFormatFactory.class, FactoryUtil.FORMAT);
        EncodingFormat<SerializationSchema<RowData>> keys =
                helper.discoverEncodingFormat(SerializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validateExcept(ServiceOptions.HEADER_PREFIX);
        ReadableConfig options = helper.getOptions();
        requireCache(options);
        return new ServiceTableSource(
                context.getObjectIdentifier().asSummaryString(),
                context.getPhysicalRowDataType(),
                keys,
                rows,
                options.get(FactoryUtil.FORMAT),
                format -> {
                    HttpService<RowData, Collection<RowData>> service =
                            HttpService.post(options.get(ServiceOptions.URL), format).idempotent();
                    for (Map.Entry<String, String> option :
                            context.getCatalogTable().getOptions().entrySet()) {
                        if (option.getKey().startsWith(ServiceOptions.HEADER_PREFIX)) {
                            service =
                                    service.withHeader(
                                            option.getKey()
                                                    .substring(
                                                            ServiceOptions.HEADER_PREFIX.length()),
                                            option.getValue());
                        }
                    }
                    return service;
                },
                (name, protocol) -> client(name, protocol, options));
    }

    private static void requireCache(ReadableConfig options) {
        LookupCacheType type = options.get(LookupOptions.CACHE_TYPE);
        if (type == LookupCacheType.FULL) {
            throw new ValidationException(
                    "A service cannot be read as a whole: 'lookup.cache' = 'FULL' is not supported");
        }
        if (type == LookupCacheType.PARTIAL
                && (options.getOptional(LookupOptions.PARTIAL_CACHE_MAX_ROWS).isEmpty()
                        || options.getOptional(LookupOptions.PARTIAL_CACHE_EXPIRE_AFTER_WRITE)
                                .isEmpty())) {
            throw new ValidationException(
                    String.format(
                            "'lookup.cache' = 'PARTIAL' needs the options '%s' and '%s'",
                            LookupOptions.PARTIAL_CACHE_MAX_ROWS.key(),
                            LookupOptions.PARTIAL_CACHE_EXPIRE_AFTER_WRITE.key()));
        }
    }

    private static ServiceClient<RowData, Collection<RowData>> client(
            String name,
            ServiceProtocol<RowData, Collection<RowData>> protocol,
            ReadableConfig options) {
        ServiceClient<RowData, Collection<RowData>> client =
                ServiceClient.of(name, protocol)
                        .withBatches(
                                options.get(ServiceOptions.BATCH_SIZE),
                                options.get(ServiceOptions.BATCH_DELAY))
                        .withTimeout(options.get(ServiceOptions.TIMEOUT))
                        .withMaxConcurrency(options.get(ServiceOptions.MAX_CONCURRENCY))
                        .withMaxAttempts(options.get(LookupOptions.MAX_RETRIES) + 1);
        if (options.get(LookupOptions.CACHE_TYPE) == LookupCacheType.PARTIAL) {
            Duration time = options.get(LookupOptions.PARTIAL_CACHE_EXPIRE_AFTER_WRITE);
            client.withCache(
                    options.get(LookupOptions.PARTIAL_CACHE_MAX_ROWS),
                    time,
                    options.get(LookupOptions.PARTIAL_CACHE_CACHE_MISSING_KEY)
                            ? time
                            : Duration.ZERO);
        }
        return client;
    }
}
