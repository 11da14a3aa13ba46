// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.tools.ToolProvider;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reason that is given for a fallback is the true one, and mending it helps. */
class DiagnosisTest {

    private final SerializerConfigImpl config = new SerializerConfigImpl();

    @Test
    void brokenPojoRulesAreAllNamed() {
        assertThat(reason(Broken.class))
                .isEqualTo(
                        "it is not a POJO: field hidden is not public and has no public getter and"
                                + " setter; field readable is not public and has no public setter;"
                                + " field writable is not public and has no public getter; it has"
                                + " a method writeObject, which Flink would not call; it has no"
                                + " constructor without arguments");
        assertThat(reason(NotPublic.class)).isEqualTo("it is not a POJO: the class is not public");
        assertThat(reason(Empty.class)).isEqualTo("it is not a POJO: it has no fields");
        assertThat(reason(Twice.class))
                .isEqualTo("it is not a POJO: a superclass has a field count too");
        assertThat(reason(Inner.class)).contains("it is an inner class: make it static");
        assertThat(reason(PrivateConstructor.class))
                .contains("its constructor without arguments is not public");
        assertThat(reason(Shape.class)).isEqualTo("it is not a POJO: it is an interface");
        assertThat(of(Shape.class).remedy()).startsWith("use a class instead");
    }

    /** What counts is upstream's word: these rules must come to the same end. */
    @ParameterizedTest
    @ValueSource(
            classes = {
                Good.class,
                Child.class,
                AbstractGood.class,
                Broken.class,
                NotPublic.class,
                Empty.class,
                Twice.class,
                Inner.class,
                PrivateConstructor.class,
                Shape.class,
                ReturnsItself.class,
                WrongType.class,
                Wrapper.class,
                Snake.class,
                TransientOnly.class,
                ReadsItself.class,
                Generic.class
            })
    void rulesAgreeWithTheTypeExtraction(Class<?> type) {
        boolean isGeneric = TypeInformation.of(type) instanceof GenericTypeInfo;

        assertThat(PojoRules.violatedBy(type).isEmpty())
                .as("%s: %s", type, PojoRules.violatedBy(type))
                .isEqualTo(!isGeneric);
    }

    @Test
    void collections() throws Exception {
        assertThat(reason(declared("implementation"))).startsWith("it is an implementation class");
        assertThat(reason(ArrayList.class)).startsWith("it is an implementation class");
        assertThat(reason(declared("nested")))
                .isEqualTo(
                        "the extraction accepts only plain classes as arguments, not"
                                + " java.util.List<java.lang.Long>");
        assertThat(of(declared("nested")).remedy())
                .startsWith("make a POJO of the inner type")
                .contains("Types.LIST, SET or MAP");
        assertThat(reason(declared("wildcard"))).endsWith("not ?");
        assertThat(reason(declared("raw"))).isEqualTo("the types of its elements are unknown");
    }

    @Test
    void classesOfTheLibrary() {
        assertThat(of(LocalDateTime.class).remedy())
                .contains("returns(Types.LOCAL_DATE_TIME) after the operator");
        assertThat(reason(UUID.class))
                .isEqualTo("Flink has no serializer for this class of the library");
        assertThat(reason(Object.class)).isEqualTo("nothing is known about the type");
    }

    @Test
    void classThatCouldBeAPojo() {
        assertThat(reason(Good.class))
                .isEqualTo("it could be a POJO, but its type information says otherwise");
    }

    @Test
    void generatedClassesOfOtherFormats(@TempDir Path directory) throws Exception {
        Path format =
                Files.writeString(
                        directory.resolve("TBase.java"),
                        "package org.apache.thrift; public interface TBase {}");
        Path generated =
                Files.writeString(
                        directory.resolve("Event.java"),
                        "public class Event implements org.apache.thrift.TBase {}");
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-d",
                                directory.toString(),
                                format.toString(),
                                generated.toString());
        assertThat(status).isZero();

        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, null)) {
            assertThat(reason(loader.loadClass("Event")))
                    .isEqualTo("it is a generated class of Thrift, which is not a POJO");
        }
    }

    @Test
    void whatTheJobAskedForIsSaidSo() {
        config.registerTypeWithKryoSerializer(UUID.class, JavaSerializer.class);
        assertThat(reason(UUID.class))
                .isEqualTo(
                        "the job registers the Kryo serializer "
                                + JavaSerializer.class.getName()
                                + " for it");

        config.setForceKryo(true);
        assertThat(reason(Good.class)).isEqualTo("pipeline.force-kryo is on");
    }

    private String reason(Type type) {
        return of(type).reason();
    }

    private Diagnosis of(Type type) {
        return Diagnosis.of(type, config);
    }

    private static Type declared(String field) throws NoSuchFieldException {
        return Collections.class.getField(field).getGenericType();
    }

    // ------------------------------------------------------------------ fixtures

    @SuppressWarnings("rawtypes")
    public static class Collections {
        public LinkedHashMap<String, Long> implementation;
        public Map<String, List<Long>> nested;
        public Set<?> wildcard;
        public List raw;
    }

    public static class Good {
        private int count;
        public String name;

        public int getCount() {
            return count;
        }

        public void setCount(int count) {
            this.count = count;
        }
    }

    public static class Child extends Good {
        public long more;
    }

    public abstract static class AbstractGood {
        public int count;

        public AbstractGood(int count) {
            this.count = count;
        }
    }

    public static class Broken {
        public int fine;
        private int hidden;
        private int readable;
        private int writable;

        public Broken(int hidden) {
            this.hidden = hidden;
            this.readable = hidden;
        }

        public int getReadable() {
            return readable;
        }

        public void setWritable(int writable) {
            this.writable = writable;
        }

        public int sum() {
            return hidden + writable;
        }

        @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
        private void writeObject(java.io.ObjectOutputStream out) {}
    }

    static class NotPublic {
        public int count;
    }

    public static class Empty {}

    public static class TransientOnly {
        public transient int count;
        public static int number;
    }

    public static class Twice extends Good {
        public int count;
    }

    @SuppressWarnings("ClassCanBeStatic")
    public class Inner {
        public int count;
    }

    public static class PrivateConstructor {
        public int count;

        private PrivateConstructor() {}

        public static PrivateConstructor create() {
            return new PrivateConstructor();
        }
    }

    public interface Shape {
        double area();
    }

    /** A setter may return the object. */
    public static class ReturnsItself {
        private boolean isOpen;

        public boolean isOpen() {
            return isOpen;
        }

        public ReturnsItself setOpen(boolean open) {
            this.isOpen = open;
            return this;
        }
    }

    public static class WrongType {
        private int count;

        public long getCount() {
            return count;
        }

        public void setCount(long count) {
            this.count = (int) count;
        }
    }

    public static class Wrapper {
        private int count;

        public Integer getCount() {
            return count;
        }

        public void setCount(Integer count) {
            this.count = count;
        }
    }

    @SuppressWarnings("NonApiType")
    public static class Snake {
        private HashMap<String, Long> per_day;

        public HashMap<String, Long> getPerDay() {
            return per_day;
        }

        public void setPerDay(HashMap<String, Long> perDay) {
            this.per_day = perDay;
        }
    }

    public static class ReadsItself {
        public int count;

        @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
        private void readObject(java.io.ObjectInputStream in) {}
    }

    public static class Generic<T> {
        private T value;

        public T getValue() {
            return value;
        }

        public void setValue(T value) {
            this.value = value;
        }
    }
}
