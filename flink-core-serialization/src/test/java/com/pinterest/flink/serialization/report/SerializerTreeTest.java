// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.runtime.NullableSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.Either;
import org.junit.jupiter.api.Test;

/** Kryo is found wherever it hides in a type, and the way to it is named as the user knows it. */
class SerializerTreeTest {

    private final SerializerConfigImpl config = new SerializerConfigImpl();

    @Test
    void typeWithoutKryoHasNone() {
        assertThat(places(TypeInformation.of(Plain.class))).isEmpty();
        assertThat(places(Types.MAP(Types.STRING, Types.LIST(Types.LOCAL_DATE)))).isEmpty();
    }

    @Test
    void typeThatIsKryosAsAWhole() {
        assertThat(places(TypeInformation.of(UUID.class))).containsExactly("UUID: java.util.UUID");
    }

    @Test
    void fieldsOfAPojoAreNamedAndShownAsDeclared() {
        assertThat(places(TypeInformation.of(Order.class)))
                .containsExactlyInAnyOrder(
                        "SerializerTreeTest$Order.buyer.born: java.time.LocalDate",
                        "SerializerTreeTest$Order.coupon: java.util.Optional<java.lang.String>",
                        "SerializerTreeTest$Order.items: java.util.ArrayList<" + item() + ">",
                        "SerializerTreeTest$Order.byShop: java.util.Map<java.lang.String,"
                                + " java.util.List<"
                                + item()
                                + ">>",
                        "SerializerTreeTest$Order.parents[]: java.util.UUID",
                        "SerializerTreeTest$Order.taken{value}: java.time.Duration",
                        "SerializerTreeTest$Order.history[].born: java.time.LocalDate",
                        "SerializerTreeTest$Order.pair.f1: java.util.UUID",
                        "SerializerTreeTest$Order.choice.right: java.util.UUID");
    }

    @Test
    void insideOfTuplesCollectionsAndRows() {
        assertThat(places(TypeInformation.of(new TypeHint<Tuple2<String, UUID>>() {})))
                .containsExactly("Tuple2.f1: java.util.UUID");
        assertThat(places(Types.LIST(Types.GENERIC(UUID.class))))
                .containsExactly("List[]: java.util.UUID");
        assertThat(places(Types.MAP(Types.GENERIC(UUID.class), Types.GENERIC(Duration.class))))
                .containsExactly("Map{key}: java.util.UUID", "Map{value}: java.time.Duration");
        assertThat(places(Types.OBJECT_ARRAY(Types.GENERIC(UUID.class))))
                .containsExactly("GenericArray[]: java.util.UUID");
        assertThat(places(Types.ROW(Types.STRING, Types.GENERIC(UUID.class))))
                .containsExactly("Row.f1: java.util.UUID");
        assertThat(places(Types.EITHER(Types.GENERIC(UUID.class), Types.STRING)))
                .containsExactly("Either.left: java.util.UUID");
    }

    @Test
    void wrapperIsNoStepOfItsOwn() {
        TypeSerializer<UUID> nullable =
                NullableSerializer.wrap(serializer(Types.GENERIC(UUID.class)), false);

        assertThat(SerializerTree.fallbacks(nullable, config))
                .extracting(KryoFallback::toString)
                .containsExactly("UUID: java.util.UUID");
    }

    @Test
    void declaredTypesReachThroughCollectionsOfAField() {
        // given an array and a tuple that are not left to Kryo, of types that are
        TypeInformation<Nested> nested = TypeInformation.of(Nested.class);

        // then its arguments are known
        assertThat(fallback(nested, "lists[]").type())
                .isEqualTo("java.util.ArrayList<java.lang.Long>");
        assertThat(fallback(nested, "pair.f1").type())
                .isEqualTo("java.util.Optional<java.lang.Long>");
    }

    @Test
    void subclassesThatTheJobRegistersAreLookedInto() {
        config.registerPojoType(Gift.class);

        assertThat(places(TypeInformation.of(Plain.class)))
                .containsExactly(
                        "SerializerTreeTest$Plain(SerializerTreeTest$Gift).wrapped:"
                                + " java.time.Duration");
    }

    @Test
    void typeInItselfEndsThereAndIsNamed() {
        KryoFallback next = fallback(TypeInformation.of(Link.class), "next");

        assertThat(next.reason()).isEqualTo("the type contains itself");
    }

    @Test
    void serializerInItselfEndsTheWalk() {
        Cyclic cyclic = new Cyclic();
        cyclic.inner = cyclic;
        cyclic.other = serializer(Types.GENERIC(UUID.class));

        assertThat(SerializerTree.fallbacks(cyclic, config))
                .extracting(KryoFallback::path)
                .containsExactly("SerializerTreeTest$Cyclic.other");
    }

    // ------------------------------------------------------------------ fixtures

    private List<String> places(TypeInformation<?> type) {
        List<String> places = new ArrayList<>();
        SerializerTree.fallbacks(serializer(type), config)
                .forEach(fallback -> places.add(fallback.toString()));
        return places;
    }

    private KryoFallback fallback(TypeInformation<?> type, String field) {
        return SerializerTree.fallbacks(serializer(type), config).stream()
                .filter(fallback -> fallback.path().endsWith("." + field))
                .findFirst()
                .orElseThrow();
    }

    private <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
        return type.createSerializer(config);
    }

    private static String item() {
        return Plain.class.getName();
    }

    /** All of it has serializers of Flink. */
    public static class Plain {
        public int count;
        public String name;
        public List<String> tags;
        public Map<String, Long> numbers;
        public double[] prices;
    }

    public static class Gift extends Plain {
        public Duration wrapped;
    }

    public static class Buyer {
        public String name;
        public LocalDate born;
    }

    public static class Order {
        public long number;
        public Plain first;
        public Buyer buyer;
        public Optional<String> coupon;
        public ArrayList<Plain> items;
        public Map<String, List<Plain>> byShop;
        public List<UUID> parents;
        public Map<String, Duration> taken;
        public Buyer[] history;
        public Tuple2<String, UUID> pair;
        public Either<String, UUID> choice;
    }

    public static class Nested {
        public ArrayList<Long>[] lists;
        public Tuple2<String, Optional<Long>> pair;
    }

    public static class Link {
        public String name;
        public Link next;
    }

    /** A user's serializer. Its fields are read by reflection. */
    @SuppressWarnings({"NonApiType", "UnusedVariable"})
    private static final class Cyclic extends TypeSerializerSingleton<HashMap<?, ?>> {
        private transient TypeSerializer<?> inner;
        private transient TypeSerializer<?> other;

        @Override
        public boolean isImmutableType() {
            return true;
        }

        @Override
        public HashMap<?, ?> createInstance() {
            return new HashMap<>();
        }

        @Override
        public HashMap<?, ?> copy(HashMap<?, ?> from) {
            return from;
        }

        @Override
        public HashMap<?, ?> copy(HashMap<?, ?> from, HashMap<?, ?> reuse) {
            return from;
        }

        @Override
        public int getLength() {
            return 0;
        }

        @Override
        public void serialize(HashMap<?, ?> record, DataOutputView target) {}

        @Override
        public HashMap<?, ?> deserialize(DataInputView source) {
            return new HashMap<>();
        }

        @Override
        public HashMap<?, ?> deserialize(HashMap<?, ?> reuse, DataInputView source) {
            return reuse;
        }

        @Override
        public void copy(DataInputView source, DataOutputView target) {}

        @Override
        public TypeSerializerSnapshot<HashMap<?, ?>> snapshotConfiguration() {
            throw new UnsupportedOperationException();
        }
    }
}
