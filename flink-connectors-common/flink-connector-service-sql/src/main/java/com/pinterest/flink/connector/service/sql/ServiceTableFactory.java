// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.sql.ServiceOptions.Protocol;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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

    /** The options of one protocol only. */
    private static final Map<Protocol, List<ConfigOption<String>>> REQUIRED =
            Map.of(
                    Protocol.HTTP, List.of(FactoryUtil.FORMAT),
                    Protocol.JDBC, List.of(ServiceOptions.TABLE_NAME));

    @Override
    public String factoryIdentifier() {
        return "service";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(ServiceOptions.PROTOCOL, ServiceOptions.URL);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(
                FactoryUtil.FORMAT,
                ServiceOptions.TABLE_NAME,
                ServiceOptions.USERNAME,
                ServiceOptions.PASSWORD,
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
        ReadableConfig options = helper.getOptions();
        RowProtocol protocol =
                options.get(ServiceOptions.PROTOCOL) == Protocol.HTTP
                        ? http(context, helper)
                        : jdbc(context, helper);
        requireCache(options);
        return new ServiceTableSource(
                context.getObjectIdentifier().asSummaryString(),
                context.getPhysicalRowDataType(),
                protocol,
                (name, ofKeys) -> client(name, ofKeys, options));
    }

    private RowProtocol http(Context context, FactoryUtil.TableFactoryHelper helper) {
        ReadableConfig options = helper.getOptions();
        requireOptionsOf(Protocol.HTTP, options);
        DecodingFormat<DeserializationSchema<RowData>> rows =
                helper.discoverDecodingFormat(
                        DeserializationFormatFactory.class, FactoryUtil.FORMAT);
        EncodingFormat<SerializationSchema<RowData>> keys =
                helper.discoverEncodingFormat(SerializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validateExcept(ServiceOptions.HEADER_PREFIX);
        Map<String, String> headers = new TreeMap<>();
        context.getCatalogTable()
                .getOptions()
                .forEach(
                        (key, value) -> {
                            if (key.startsWith(ServiceOptions.HEADER_PREFIX)) {
                                headers.put(
                                        key.substring(ServiceOptions.HEADER_PREFIX.length()),
                                        value);
                            }
                        });
        return new HttpRows(
                options.get(ServiceOptions.URL),
                headers,
                options.get(FactoryUtil.FORMAT),
                keys,
                rows,
                context.getPhysicalRowDataType());
    }

    private RowProtocol jdbc(Context context, FactoryUtil.TableFactoryHelper helper) {
        ReadableConfig options = helper.getOptions();
        requireOptionsOf(Protocol.JDBC, options);
        helper.validate();
        return new JdbcRows(
                options.get(ServiceOptions.URL),
                options.get(ServiceOptions.TABLE_NAME),
                options.get(ServiceOptions.USERNAME),
                options.get(ServiceOptions.PASSWORD),
                options.get(ServiceOptions.MAX_CONCURRENCY),
                context.getPhysicalRowDataType());
    }

    private static void requireOptionsOf(Protocol protocol, ReadableConfig options) {
        REQUIRED.forEach(
                (each, required) -> {
                    for (ConfigOption<String> option : required) {
                        if (options.getOptional(option).isPresent() != (each == protocol)) {
                            throw new ValidationException(
                                    String.format(
                                            "'protocol' = '%s' %s the option '%s'",
                                            protocol.name().toLowerCase(Locale.ROOT),
                                            each == protocol ? "needs" : "does not have",
                                            option.key()));
                        }
                    }
                });
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

    private static ServiceClient<RowData, List<RowData>> client(
            String name, ServiceProtocol<RowData, List<RowData>> protocol, ReadableConfig options) {
        ServiceClient<RowData, List<RowData>> client =
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
