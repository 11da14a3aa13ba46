// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A class's shape agrees with what the JDK itself says of the class. */
class ClassShapeTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                Declared.class,
                Computed.class,
                ComputedInterface.class,
                TimeUnit.class,
                EnumMap.class
            })
    void theSerialVersionUidIsTheJdks(Class<?> type) throws IOException {
        long expected = ObjectStreamClass.lookup(type).getSerialVersionUID();

        assertThat(ClassShape.of(classFile(type)).serialVersionUid()).isEqualTo(expected);
    }

    @Test
    void theMembersAreThoseThatAreNotPrivateWithAllThatOthersRelyOn() throws IOException {
        ClassShape shape = ClassShape.of(classFile(Computed.class));

        assertThat(shape.members())
                .containsOnlyKeys(
                        "<init>(I)V",
                        "COUNT I",
                        "name Ljava/lang/String;",
                        "check(Ljava/lang/Comparable;)V");
        assertThat(shape.members().get("COUNT I"))
                .hasToString("flags 18 signature null throws  constant 7");
        assertThat(shape.members().get("check(Ljava/lang/Comparable;)V"))
                .hasToString(
                        "flags 4 signature <T::Ljava/lang/Comparable<TT;>;>(TT;)V throws"
                                + " java/io/IOException constant null");
    }

    @Test
    void theGenericSignatureOfAConstructorCountsOnlyWhereOthersCanCallIt() throws IOException {
        @SuppressWarnings({"unused", "UnusedVariable"})
        class Local<T> {
            Local(T value) {}
        }
        Map<String, ClassShape.Member> local = ClassShape.of(classFile(Local.class)).members();
        Map<String, ClassShape.Member> nested = ClassShape.of(classFile(Nested.class)).members();

        assertThat(local.values()).allSatisfy(m -> assertThat(m.signature()).isNull());
        assertThat(nested.get("<init>(Ljava/lang/Object;)V").signature()).isEqualTo("(TT;)V");
    }

    @Test
    void theSourceFileIsTheOneThatHoldsTheOutermostClass() throws IOException {
        assertThat(ClassShape.sourceFile(classFile(Computed.class)))
                .isEqualTo("ClassShapeTest.java");
    }

    private static byte[] classFile(Class<?> type) throws IOException {
        try (InputStream in =
                type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    private static final class Declared implements Serializable {
        private static final long serialVersionUID = 42L;
    }

    /** Members of all kinds that the computed value depends on. */
    @SuppressWarnings({"unused", "UnusedMethod", "UnusedVariable"})
    static class Computed implements Serializable, Cloneable {
        static final int COUNT = 7;
        private static final Object LOCK = new Object();
        protected String name;
        private transient int cached;

        Computed(int cached) {
            this.cached = cached;
        }

        protected <T extends Comparable<T>> void check(T value) throws IOException {
            Runnable ignored = () -> cached++;
        }

        private void hidden() {}
    }

    @SuppressWarnings({"unused", "UnusedVariable"})
    static class Nested<T> {
        Nested(T value) {}
    }

    interface ComputedInterface extends Serializable {
        void run();
    }
}
