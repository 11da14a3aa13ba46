// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.serialization.SerializationFeature;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.typeutils.TypeExtractor;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.shaded.asm9.org.objectweb.asm.ClassReader;
import org.apache.flink.shaded.asm9.org.objectweb.asm.ClassVisitor;
import org.apache.flink.shaded.asm9.org.objectweb.asm.MethodVisitor;
import org.apache.flink.shaded.asm9.org.objectweb.asm.Opcodes;
import org.apache.flink.shaded.asm9.org.objectweb.asm.commons.CodeSizeEvaluator;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

/** Which POJOs get a codec, who shares it, and that it goes with its class. */
class PojoCodecsTest {

    private static final String PACKAGE = "fuzz.codecs";

    @Test
    void allSerializersOfAPojoShareItsCodec() throws Exception {
        Class<?> type =
                load(
                        "class Bean { private int a; public int getA() { return a; }"
                                + " public void setA(int a) { this.a = a; } public String b; }");
        TypeSerializer<Object> serializer = serializer(type);
        Object value = type.getConstructor().newInstance();

        Object codec = codecAfterUse(serializer, value);

        assertThat(codec).isNotNull();
        assertThat(codecAfterUse(serializer.duplicate(), value)).isSameAs(codec);
        assertThat(codecAfterUse(serializer(type), value)).isSameAs(codec);
        assertThat(
                        codecAfterUse(
                                InstantiationUtil.deserializeObject(
                                        InstantiationUtil.serializeObject(serializer),
                                        type.getClassLoader()),
                                value))
                .isSameAs(codec);
        assertThat(codecAfterUse(serializer.snapshotConfiguration().restoreSerializer(), value))
                .isSameAs(codec);
    }

    @Test
    void threadsThatAskAtOnceGetOneCodec() throws Exception {
        int threads = 4;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 20; round++) {
                Class<?> type = load("class Bean { public int a; }");
                Callable<PojoCodec<?>> ask =
                        () -> {
                            start.await();
                            return find(type, type.getFields(), IntSerializer.INSTANCE);
                        };

                Set<PojoCodec<?>> codecs = new HashSet<>();
                for (Future<PojoCodec<?>> codec :
                        executor.invokeAll(Collections.nCopies(threads, ask))) {
                    codecs.add(codec.get());
                }

                assertThat(codecs).hasSize(1).doesNotContainNull();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void aSerializerIsWithoutCodecUntilItIsUsed() throws Exception {
        TypeSerializer<Object> serializer = serializer(load("class Bean { public int a; }"));

        assertThat(codec(serializer)).isNull();
        assertThat(serializer.createInstance()).isNotNull();
        assertThat(codec(serializer)).isNull();
    }

    @Test
    void thereIsNoCodecWhereTheFeatureIsOff() throws Exception {
        Class<?> type = load("class Bean { public int a; }");
        Class<?> other = load("class Bean { public int a; }");

        SerializationFeature.decide(type.getClassLoader(), false);

        assertThat(find(type, type.getFields(), IntSerializer.INSTANCE)).isNull();
        assertThat(find(other, other.getFields(), IntSerializer.INSTANCE)).isNotNull();
    }

    @Test
    void theSameFieldsInAnotherWayAreAnotherCodec() throws Exception {
        Class<?> type = load("class Bean { public int a; public Object b; }");
        Field[] fields = {type.getField("a"), type.getField("b")};
        Field[] reordered = {fields[1], fields[0]};

        PojoCodec<?> codec = find(type, fields, IntSerializer.INSTANCE, StringSerializer.INSTANCE);

        assertThat(codec).isNotNull();
        assertThat(find(type, fields, IntSerializer.INSTANCE, StringSerializer.INSTANCE))
                .isSameAs(codec);
        assertThat(find(type, fields, IntSerializer.INSTANCE, IntSerializer.INSTANCE))
                .isNotNull()
                .isNotSameAs(codec);
        assertThat(find(type, reordered, StringSerializer.INSTANCE, IntSerializer.INSTANCE))
                .isNotNull()
                .isNotSameAs(codec);
    }

    @Test
    void aDuplicateGeneratesNothing() throws Exception {
        Class<?> type = load("class Bean { public int a; }");
        TypeSerializer<Object> serializer = serializer(type);
        Object value = type.getConstructor().newInstance();
        Object codec = codecAfterUse(serializer.duplicate(), value);
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        long before = classes.getTotalLoadedClassCount();

        for (int i = 0; i < 1000; i++) {
            assertThat(codecAfterUse(serializer.duplicate(), value)).isSameAs(codec);
        }

        assertThat(classes.getTotalLoadedClassCount() - before).isLessThan(500);
    }

    @Test
    void serializersOfTheUserAreAlike() throws Exception {
        Map<String, String> sources = new HashMap<>(source("class Bean { public Object a; }"));
        for (String name : List.of("One", "Two")) {
            sources.put(PACKAGE + '.' + name, userSerializer(name));
        }
        ClassLoader loader = CompiledClasses.of(sources).loader(getClass().getClassLoader());
        Class<?> type = loader.loadClass(PACKAGE + ".Bean");
        Object value = type.getConstructor().newInstance();
        type.getField("a").set(value, "text");

        List<Object> codecs = new ArrayList<>();
        for (String name : List.of("One", "Two")) {
            TypeSerializer<?> of =
                    (TypeSerializer<?>)
                            loader.loadClass(PACKAGE + '.' + name).getConstructor().newInstance();
            codecs.add(codecAfterUse(pojoSerializer(type, of), value));
        }

        assertThat(codecs.get(0)).isNotNull().isSameAs(codecs.get(1));
    }

    @Test
    void whatCodeCannotTouchIsLeftToReflection() throws Exception {
        assertThat(codecOf("abstract class Bean { public int a; }")).isNull();
        assertThat(codecOf("interface Bean { int a = 0; }")).isNull();
        assertThat(codecOf("record Bean(int a) { public Bean() { this(1); } }")).isNull();
        assertThat(codecOf("class Bean { public int a; public Bean(int a) { } }")).isNull();
        assertThat(codecOf("class Bean { public final int a = 1; }")).isNull();
        assertThat(codecOf("class Bean { public long a; }")).isNull();
        assertThat(codecOf("class Bean { public int a; }")).isNotNull();
        assertThat(codecOf("class Bean { private int a; private Bean() { } }")).isNotNull();
    }

    @Test
    void aFieldThatTheClassNoLongerHasIsLeftToReflection() throws Exception {
        Class<?> type = load("class Bean { public int a; }");
        Field[] fields = {type.getField("a"), null};

        assertThat(find(type, fields, IntSerializer.INSTANCE, IntSerializer.INSTANCE)).isNull();
        assertThat(PojoEligibility.obstacle(type, fields)).isPresent();
    }

    @Test
    void aLoaderThatDoesNotSeeTheEngineIsLeftToReflection() throws Exception {
        ClassLoader blind =
                new ClassLoader(getClass().getClassLoader()) {
                    @Override
                    protected Class<?> loadClass(String name, boolean resolve)
                            throws ClassNotFoundException {
                        if (name.startsWith("com.pinterest.")) {
                            throw new ClassNotFoundException(name);
                        }
                        return super.loadClass(name, resolve);
                    }
                };
        Class<?> type =
                CompiledClasses.of(source("class Bean { public int a; }"))
                        .loader(blind)
                        .loadClass(PACKAGE + ".Bean");

        assertThat(find(type, type.getFields(), IntSerializer.INSTANCE)).isNull();
        assertThat(PojoEligibility.obstacle(type, type.getFields())).isPresent();
    }

    @Test
    void aFieldWithAnyOtherSerializerIsNoObstacle() throws Exception {
        Class<?> type = load("class Bean { public long a; public String b; public int c; }");
        TypeSerializer<?>[] serializers = new TypeSerializer<?>[3];
        Arrays.fill(serializers, IntSerializer.INSTANCE);

        assertThat(find(type, type.getFields(), serializers)).isNotNull();
    }

    @Test
    void aFieldOfATypeThatThePojoCannotNameIsLeftToReflection() throws Exception {
        Map<String, String> sources =
                new HashMap<>(source("class Bean extends fuzz.other.Base { public int a; }"));
        sources.put(
                "fuzz.other.Base",
                "package fuzz.other; public class Base { public Hidden hidden = new Hidden(); }"
                        + " class Hidden { public String toString() { return \"hidden\"; } }");
        Class<?> type =
                CompiledClasses.of(sources)
                        .loader(getClass().getClassLoader())
                        .loadClass(PACKAGE + ".Bean");

        assertThat(codecAfterUse(serializer(type), type.getConstructor().newInstance()))
                .isNotNull();
    }

    @Test
    void serializersThatDoNotFitFailAsUpstreams() throws Exception {
        StringBuilder text = new StringBuilder("class Bean { public int good = 3;");
        Map<String, String> types = new LinkedHashMap<>();
        types.put("boolean", "true");
        types.put("byte", "1");
        types.put("char", "'c'");
        types.put("short", "2");
        types.put("int", "3");
        types.put("long", "4L");
        types.put("float", "5f");
        types.put("double", "6d");
        types.put("Boolean", "true");
        types.put("Byte", "(byte) 1");
        types.put("Character", "'c'");
        types.put("Short", "(short) 2");
        types.put("Integer", "3");
        types.put("Long", "4L");
        types.put("Float", "5f");
        types.put("Double", "6d");
        types.put("String", "\"text\"");
        types.put("Object", "\"text\"");
        types.put("Number", "7");
        types.put("java.util.Date", "new java.util.Date(9)");
        types.put("java.util.List<Integer>", "new java.util.ArrayList<>(java.util.List.of(1))");
        types.forEach(
                (type, value) -> {
                    String name = "f" + text.length();
                    text.append("private ").append(type).append(' ').append(name);
                    text.append(" = ").append(value).append(";\n");
                    text.append("public final ").append(type).append(' ').append(name);
                    text.append("x = ").append(value).append(";\n");
                });
        CompiledClasses classes = CompiledClasses.of(source(text + "}"));

        List<String> ours = transcript(World.ours(), classes);
        List<String> upstreams = transcript(World.upstreams(), classes);

        assertThat(ours).isEqualTo(upstreams);
    }

    @Test
    void noMethodIsTooLongForTheCompiler() throws Exception {
        int count = 300;
        StringBuilder text = new StringBuilder("class Bean {");
        for (int i = 0; i < count; i++) {
            text.append(" public ").append(i % 2 == 0 ? "int[]" : "java.util.Date");
            text.append(" aFieldOfSomeName").append(i).append(';');
        }
        Class<?> type = load(text + "}");
        TypeSerializer<Object> serializer = serializer(type);
        List<FieldPlan> plans = new ArrayList<>();
        for (Field field : type.getFields()) {
            TypeSerializer<?> of =
                    TypeExtractor.createTypeInfo(field.getType())
                            .createSerializer(new SerializerConfigImpl());
            plans.add(FieldPlan.of(type, field, of));
        }
        List<Integer> sizes = sizes(new PojoCodecGenerator(type, plans).generate());

        assertThat(sizes).hasSizeGreaterThan(5 * count / 32).allMatch(size -> size < 8000);
        assertThat(codecAfterUse(serializer, type.getConstructor().newInstance())).isNotNull();
    }

    @Test
    void codecsGoWithTheirClassLoaders() throws Exception {
        CompiledClasses classes =
                CompiledClasses.of(
                        source(
                                "class Bean { private int a; public int getA() { return a; }"
                                        + " public void setA(int a) { this.a = a; }"
                                        + " public Part part = new Part();"
                                        + " public static class Part { public String b; } }"));
        List<WeakReference<?>> gone = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Class<?> type =
                    classes.loader(getClass().getClassLoader()).loadClass(PACKAGE + ".Bean");
            Object codec = codecAfterUse(serializer(type), type.getConstructor().newInstance());
            assertThat(codec).isNotNull();
            gone.add(new WeakReference<>(type.getClassLoader()));
            gone.add(new WeakReference<>(codec.getClass()));
        }

        // Not all at the first time: compilations hold classes until they are done.
        for (int collection = 0;
                collection < 400 && gone.stream().anyMatch(reference -> reference.get() != null);
                collection++) {
            System.gc();
            Thread.sleep(50);
        }

        assertThat(gone).allMatch(reference -> reference.get() == null);
    }

    private static List<String> transcript(World world, CompiledClasses classes) throws Exception {
        return world.run(MismatchScript.class, classes, PACKAGE + ".Bean")
                .lines()
                .collect(Collectors.toList());
    }

    private static List<Integer> sizes(byte[] bytes) {
        List<CodeSizeEvaluator> methods = new ArrayList<>();
        new ClassReader(bytes)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access,
                                    String name,
                                    String descriptor,
                                    String signature,
                                    String[] exceptions) {
                                CodeSizeEvaluator method = new CodeSizeEvaluator(null);
                                methods.add(method);
                                return method;
                            }
                        },
                        0);
        return methods.stream().map(CodeSizeEvaluator::getMaxSize).collect(Collectors.toList());
    }

    private static PojoCodec<?> codecOf(String bean) throws Exception {
        Class<?> type = load(bean);
        return find(type, type.getDeclaredFields(), IntSerializer.INSTANCE);
    }

    private static PojoCodec<?> find(
            Class<?> type, Field[] fields, TypeSerializer<?>... serializers) {
        Arrays.stream(fields)
                .filter(field -> field != null)
                .forEach(field -> field.setAccessible(true));
        return PojoCodecs.find(type.getClassLoader(), type, fields, serializers);
    }

    private static Class<?> load(String bean) throws ClassNotFoundException {
        return CompiledClasses.of(source(bean), 17)
                .loader(PojoCodecsTest.class.getClassLoader())
                .loadClass(PACKAGE + ".Bean");
    }

    private static Map<String, String> source(String bean) {
        return Map.of(PACKAGE + ".Bean", "package " + PACKAGE + "; public " + bean);
    }

    /** Writes strings; a final class, as the engine's are. */
    private static String userSerializer(String name) {
        return "package fuzz.codecs; import java.io.IOException;"
                + " import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;"
                + " import org.apache.flink.core.memory.DataInputView;"
                + " import org.apache.flink.core.memory.DataOutputView;"
                + " public final class "
                + name
                + " extends"
                + " org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton<Object> {"
                + " public boolean isImmutableType() { return true; }"
                + " public Object createInstance() { return null; }"
                + " public Object copy(Object from) { return from; }"
                + " public Object copy(Object from, Object reuse) { return from; }"
                + " public int getLength() { return -1; }"
                + " public void serialize(Object o, DataOutputView target) throws IOException {"
                + " target.writeUTF(o.toString()); }"
                + " public Object deserialize(DataInputView source) throws IOException {"
                + " return source.readUTF(); }"
                + " public Object deserialize(Object reuse, DataInputView source)"
                + " throws IOException { return source.readUTF(); }"
                + " public void copy(DataInputView source, DataOutputView target)"
                + " throws IOException { target.writeUTF(source.readUTF()); }"
                + " public TypeSerializerSnapshot<Object> snapshotConfiguration() {"
                + " throw new UnsupportedOperationException(); } }";
    }

    @SuppressWarnings("unchecked")
    private static TypeSerializer<Object> pojoSerializer(Class<?> type, TypeSerializer<?> of) {
        return (TypeSerializer<Object>)
                new PojoSerializer<>(
                        type,
                        new TypeSerializer<?>[] {of},
                        type.getFields(),
                        new SerializerConfigImpl());
    }

    @SuppressWarnings("unchecked")
    private static TypeSerializer<Object> serializer(Class<?> type) {
        return (TypeSerializer<Object>)
                TypeExtractor.createTypeInfo(type).createSerializer(new SerializerConfigImpl());
    }

    private static Object codecAfterUse(TypeSerializer<Object> serializer, Object value)
            throws Exception {
        DataOutputSerializer bytes = new DataOutputSerializer(16);
        serializer.serialize(value, bytes);
        assertThat(
                        Transcript.describe(
                                serializer.copy(
                                        serializer.deserialize(
                                                new DataInputDeserializer(
                                                        bytes.getCopyOfBuffer())))))
                .isEqualTo(Transcript.describe(value));
        return codec(serializer);
    }

    private static Object codec(TypeSerializer<Object> serializer)
            throws ReflectiveOperationException {
        Field field = serializer.getClass().getDeclaredField("codec");
        field.setAccessible(true);
        return field.get(serializer);
    }
}
