// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import com.pinterest.flink.serialization.SerializationFeature;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.annotation.Nullable;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The codecs of this process, generated on first use.
 *
 * <p>A codec is attached to the class of its POJO and unloaded with it. Serializers of the same
 * class that process the same fields in the same way share it, such as duplicated, restored and
 * deserialized ones.
 *
 * <p>Thread-safe.
 */
public final class PojoCodecs {

    private static final Logger LOG = LoggerFactory.getLogger(PojoCodecs.class);

    private static final ClassValue<Map<List<Object>, Optional<PojoCodec<?>>>> CODECS =
            new ClassValue<>() {
                @Override
                protected Map<List<Object>, Optional<PojoCodec<?>>> computeValue(Class<?> pojo) {
                    return new ConcurrentHashMap<>();
                }
            };

    private PojoCodecs() {}

    /**
     * Returns the codec for a POJO, or null if its fields have to be accessed by reflection or the
     * feature {@code serialization} is off.
     *
     * <p>Never fails because of the POJO. Call it only if there is an instance of the POJO, so that
     * the generation does not initialize the class.
     *
     * @param userCode the class loader of the serializer; null for the boot class loader
     * @param fields the fields in the order of the format; null for a field that the class no
     *     longer has
     * @param serializers the serializers of the fields
     */
    @Nullable
    @SuppressWarnings("unchecked")
    public static <T> PojoCodec<T> find(
            @Nullable ClassLoader userCode,
            Class<T> pojo,
            Field[] fields,
            TypeSerializer<?>[] serializers) {
        if (!SerializationFeature.isActive(userCode)) {
            return null;
        }
        Map<List<Object>, Optional<PojoCodec<?>>> codecs = CODECS.get(pojo);
        List<Object> key = key(fields, serializers);
        Optional<PojoCodec<?>> codec = codecs.get(key);
        if (codec == null) {
            // Not computed inside the map, because the generation loads classes, which may run any
            // code.
            Optional<PojoCodec<?>> generated = generate(pojo, fields, serializers);
            Optional<PojoCodec<?>> earlier = codecs.putIfAbsent(key, generated);
            codec = earlier == null ? generated : earlier;
        }
        return (PojoCodec<T>) codec.orElse(null);
    }

    /**
     * Returns the properties that a codec depends on. The key lives as long as the class of the
     * POJO, so it must not refer to a class of a loader that may be unloaded earlier.
     */
    private static List<Object> key(Field[] fields, TypeSerializer<?>[] serializers) {
        List<Object> key = new ArrayList<>(2 * fields.length);
        for (int i = 0; i < fields.length; i++) {
            Class<?> serializer = serializers[i].getClass();
            key.add(fields[i]);
            key.add(FieldPlan.isOfEngine(serializer) ? serializer : TypeSerializer.class);
        }
        return key;
    }

    /** Generates a codec. A reason why there is none is found, and logged, once for each key. */
    private static Optional<PojoCodec<?>> generate(
            Class<?> pojo, Field[] fields, TypeSerializer<?>[] serializers) {
        try {
            Optional<String> obstacle = PojoEligibility.obstacle(pojo, fields);
            if (obstacle.isPresent()) {
                LOG.debug("No codec is generated for {}: {}.", pojo.getName(), obstacle.get());
                return Optional.empty();
            }
            List<FieldPlan> plans = new ArrayList<>();
            for (int i = 0; i < fields.length; i++) {
                plans.add(FieldPlan.of(pojo, fields[i], serializers[i]));
            }
            if (plans.stream().noneMatch(FieldPlan::isDirect)) {
                LOG.debug(
                        "No codec is generated for {}: no field can be accessed directly.",
                        pojo.getName());
                return Optional.empty();
            }
            byte[] bytes = new PojoCodecGenerator(pojo, plans).generate();
            return Optional.of((PojoCodec<?>) NestMates.instantiate(pojo, bytes));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.warn("No codec could be generated for {}; using reflection.", pojo.getName(), e);
            return Optional.empty();
        }
    }
}
