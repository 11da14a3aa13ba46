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
 * The codecs of this process, generated when they are first asked for.
 *
 * <p>A codec hangs on its POJO's class and goes with it. Serializers of the same class that treat
 * the same fields in the same way share it: those that were duplicated, restored or deserialized.
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
     * The codec for a POJO, or null if its fields have to be treated by reflection, or the feature
     * {@code serialization} is off.
     *
     * <p>Never fails because of the POJO. To be called once there is an instance, so that
     * generation is not what initializes the class.
     *
     * @param userCode what the serializer belongs to; null for the boot class loader
     * @param fields in the order of the format; null for one that the class no longer has
     * @param serializers of the fields
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
            // Not computed within the map: generation loads classes, which may run any code.
            Optional<PojoCodec<?>> generated = generate(pojo, fields, serializers);
            Optional<PojoCodec<?>> earlier = codecs.putIfAbsent(key, generated);
            codec = earlier == null ? generated : earlier;
        }
        return (PojoCodec<T>) codec.orElse(null);
    }

    /**
     * What a codec depends on. It lives as long as the POJO's class, and so names no class of a
     * loader that may go earlier.
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

    /** What is in the way is found, and logged, once for each key. */
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
                LOG.debug("No codec is generated for {}: no field helps.", pojo.getName());
                return Optional.empty();
            }
            byte[] bytes = new PojoCodecGenerator(pojo, plans).generate();
            return Optional.of((PojoCodec<?>) NestMates.instantiate(pojo, bytes));
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.warn("No codec could be generated for {}, reflection serves.", pojo.getName(), e);
            return Optional.empty();
        }
    }
}
