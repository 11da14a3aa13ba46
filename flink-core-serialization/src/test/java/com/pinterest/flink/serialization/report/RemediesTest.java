// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.lang.reflect.Type;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.junit.jupiter.api.Test;

/** Who does what the report says gets rid of the fallback. */
class RemediesTest {

    private final SerializerConfigImpl config = new SerializerConfigImpl();

    @Test
    void interfaceInPlaceOfAnImplementation() {
        assertThat(fallback(Implementation.class).remedy())
                .startsWith("declare it as List, Set or Map with plain classes as arguments");

        assertThat(fallbacks(Interface.class)).isEmpty();
    }

    @Test
    void pojoInPlaceOfANestedCollection() {
        assertThat(fallback(NestedCollection.class).remedy())
                .startsWith("make a POJO of the inner type");

        assertThat(fallbacks(PojoInCollection.class)).isEmpty();
    }

    @Test
    void annotationOfAField() {
        assertThat(fallback(Day.class).remedy())
                .startsWith("@TypeInfo on the field with a factory that returns Types.LOCAL_DATE");

        assertThat(fallbacks(AnnotatedDay.class)).isEmpty();
    }

    @Test
    void rulesOfPojosKept() {
        assertThat(fallback(NoPojo.class).reason())
                .isEqualTo(
                        "it is not a POJO: field count is not public and has no public setter; it has"
                                + " no constructor without arguments");

        assertThat(fallbacks(Pojo.class)).isEmpty();
    }

    @Test
    void typeInformationByConfiguration() {
        assertThat(fallback(Price.class).remedy())
                .contains("pipeline.serialization-config with 'type: typeinfo'");

        configure(Price.class, "typeinfo, class: " + PriceFactory.class.getName());

        assertThat(fallbacks(Price.class)).isEmpty();
    }

    @Test
    void kryoOnPurpose() {
        configure(
                NoPojo.class,
                "kryo, kryo-type: registered, class: " + JavaSerializer.class.getName());

        assertThat(fallback(NoPojo.class).reason())
                .startsWith(
                        "the job registers the Kryo serializer " + JavaSerializer.class.getName());
    }

    private void configure(Class<?> type, String how) {
        Configuration configuration = new Configuration();
        configuration.setString(
                PipelineOptions.SERIALIZATION_CONFIG.key(),
                String.format("[%s: {type: %s}]", type.getName(), how));
        config.configure(configuration, getClass().getClassLoader());
    }

    private KryoFallback fallback(Class<?> type) {
        List<KryoFallback> fallbacks = fallbacks(type);
        assertThat(fallbacks).hasSize(1);
        return fallbacks.get(0);
    }

    private List<KryoFallback> fallbacks(Class<?> type) {
        return SerializerTree.fallbacks(TypeInformation.of(type).createSerializer(config), config);
    }

    // ------------------------------------------------------------------ fixtures

    public static class Implementation {
        public ArrayList<Long> numbers;
    }

    public static class Interface {
        public List<Long> numbers;
    }

    public static class NestedCollection {
        public Map<String, List<Long>> numbers;
    }

    public static class PojoInCollection {
        public Map<String, Interface> numbers;
    }

    public static class Day {
        public LocalDate day;
    }

    public static class AnnotatedDay {
        @TypeInfo(DayFactory.class)
        public LocalDate day;
    }

    public static class DayFactory extends TypeInfoFactory<LocalDate> {
        @Override
        public TypeInformation<LocalDate> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return Types.LOCAL_DATE;
        }
    }

    public static class NoPojo {
        private final int count;

        public NoPojo(int count) {
            this.count = count;
        }

        public int getCount() {
            return count;
        }
    }

    public static class Pojo {
        private int count;

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }
    }

    /** Its fields are none of Flink's business, so the factory names the one that counts. */
    public static class Price {
        public long cents;

        public Price(long cents) {
            this.cents = cents;
        }

        private Price() {}

        public static Price free() {
            return new Price();
        }
    }

    public static class PriceFactory extends TypeInfoFactory<Price> {
        @Override
        public TypeInformation<Price> createTypeInfo(
                Type type, Map<String, TypeInformation<?>> parameters) {
            return Types.POJO(Price.class, Map.of("cents", Types.LONG));
        }
    }
}
