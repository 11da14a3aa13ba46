// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.sql.ServiceOptions.Protocol;
import java.time.Duration;
import java.util.LinkedHashSet;
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

    /** The options that a protocol needs, of those that not all have. */
    private static final Map<Protocol, Set<ConfigOption<String>>> REQUIRED =
            Map.of(
                    Protocol.HTTP, Set.of(FactoryUtil.FORMAT),
                    Protocol.JDBC, Set.of(ServiceOptions.TABLE_NAME),
                    Protocol.REDIS, Set.of(FactoryUtil.FORMAT));

    /** The other options that a protocol has, of those that not all have. */
    private static final Map<Protocol, Set<ConfigOption<String>>> OPTIONAL =
            Map.of(
                    Protocol.HTTP,
                    Set.of(),
                    Protocol.JDBC,
                    Set.of(ServiceOptions.USERNAME, ServiceOptions.PASSWORD),
                    Protocol.REDIS,
                    Set.of(
                            ServiceOptions.KEY_PREFIX,
                            ServiceOptions.USERNAME,
                            ServiceOptions.PASSWORD));

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
                ServiceOptions.KEY_PREFIX,
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
        requireOptionsOf(options.get(ServiceOptions.PROTOCOL), options);
        RowProtocol protocol = protocol(context, helper);
        requireCache(options);
        return new ServiceTableSource(
                context.getObjectIdentifier().asSummaryString(),
                context.getPhysicalRowDataType(),
                protocol,
                (name, ofKeys) -> client(name, ofKeys, options));
    }

    private static RowProtocol protocol(Context context, FactoryUtil.TableFactoryHelper helper) {
        switch (helper.getOptions().get(ServiceOptions.PROTOCOL)) {
            case HTTP:
                return http(context, helper);
            case JDBC:
                return jdbc(context, helper);
            default:
                return redis(context, helper);
        }
    }

    private static RowProtocol http(Context context, FactoryUtil.TableFactoryHelper helper) {
        ReadableConfig options = helper.getOptions();
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

    private static RowProtocol jdbc(Context context, FactoryUtil.TableFactoryHelper helper) {
        ReadableConfig options = helper.getOptions();
        helper.validate();
        return new JdbcRows(
                options.get(ServiceOptions.URL),
                options.get(ServiceOptions.TABLE_NAME),
                options.get(ServiceOptions.USERNAME),
                options.get(ServiceOptions.PASSWORD),
                options.get(ServiceOptions.MAX_CONCURRENCY),
                context.getPhysicalRowDataType());
    }

    private static RowProtocol redis(Context context, FactoryUtil.TableFactoryHelper helper) {
        ReadableConfig options = helper.getOptions();
        DecodingFormat<DeserializationSchema<RowData>> values =
                helper.discoverDecodingFormat(
                        DeserializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validate();
        return new RedisRows(
                options.get(ServiceOptions.URL),
                options.getOptional(ServiceOptions.KEY_PREFIX).orElse(""),
                options.getOptional(ServiceOptions.USERNAME).orElse(null),
                options.getOptional(ServiceOptions.PASSWORD).orElse(null),
                values,
                context.getPhysicalRowDataType(),
                context.getPrimaryKeyIndexes());
    }

    private static void requireOptionsOf(Protocol protocol, ReadableConfig options) {
        Set<ConfigOption<String>> required = REQUIRED.get(protocol);
        Set<ConfigOption<String>> others = new LinkedHashSet<>();
        REQUIRED.values().forEach(others::addAll);
        OPTIONAL.values().forEach(others::addAll);
        others.removeAll(required);
        others.removeAll(OPTIONAL.get(protocol));
        for (ConfigOption<String> option : required) {
            require(options.getOptional(option).isPresent(), protocol, "needs", option);
        }
        for (ConfigOption<String> option : others) {
            require(options.getOptional(option).isEmpty(), protocol, "does not have", option);
        }
    }

    private static void require(
            boolean condition, Protocol protocol, String rule, ConfigOption<String> option) {
        if (!condition) {
            throw new ValidationException(
                    String.format(
                            "'protocol' = '%s' %s the option '%s'",
                            protocol.name().toLowerCase(Locale.ROOT), rule, option.key()));
        }
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
