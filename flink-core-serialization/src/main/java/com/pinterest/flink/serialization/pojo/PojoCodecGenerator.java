// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import com.pinterest.flink.serialization.pojo.FieldPlan.Coding;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.function.IntConsumer;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.shaded.asm9.org.objectweb.asm.ClassWriter;
import org.apache.flink.shaded.asm9.org.objectweb.asm.Label;
import org.apache.flink.shaded.asm9.org.objectweb.asm.Opcodes;
import org.apache.flink.shaded.asm9.org.objectweb.asm.Type;
import org.apache.flink.shaded.asm9.org.objectweb.asm.commons.GeneratorAdapter;
import org.apache.flink.shaded.asm9.org.objectweb.asm.commons.Method;

/**
 * A generator of the byte code of a {@link PojoCodec}.
 *
 * <p>It uses the ASM that Flink bundles: this is a dependency of flink-core and part of flink-dist
 * anyway. A source compiler (Janino, javac) is not on the class path of flink-core, or needs a JDK,
 * and cannot write to private fields of another class; method handles that are not constants of
 * their class are not inlined.
 *
 * <p>The code for reading and writing exists twice: for views backed by an array, where HotSpot
 * knows the called methods and inlines them, and for any view, where it may have to look them up
 * for each field.
 *
 * <p>Each operation is a method that processes the fields in order. As HotSpot does not compile
 * methods of more than 8,000 bytes, it may call further methods, each for some of the fields.
 * Values that do not occur in well-formed data (null for a primitive, a value that is not of the
 * type of the field) go through {@link Field#set}, so that the exception is the one of reflection.
 */
final class PojoCodecGenerator {

    /** With at most 120 bytes per field, a method stays below 4,000 bytes. */
    private static final int FIELDS_PER_METHOD = 32;

    private static final Type OBJECT = Type.getType(Object.class);
    private static final Type CODEC = Type.getType(PojoCodec.class);
    private static final Type FIELD = Type.getType(Field.class);
    private static final Type FIELDS = Type.getType(Field[].class);
    private static final Type SERIALIZER = Type.getType(TypeSerializer.class);
    private static final Type SERIALIZERS = Type.getType(TypeSerializer[].class);
    private static final Type INPUT = Type.getType(DataInputView.class);
    private static final Type OUTPUT = Type.getType(DataOutputView.class);
    private static final Type ARRAY_INPUT = Type.getType(DataInputDeserializer.class);
    private static final Type ARRAY_OUTPUT = Type.getType(DataOutputSerializer.class);
    private static final Type STRING = Type.getType(String.class);
    private static final Type TARGET_EXCEPTION = Type.getType(InvocationTargetException.class);
    private static final Type THROWABLE = Type.getType(Throwable.class);

    private static final Method CONSTRUCTOR = new Method("<init>", Type.VOID_TYPE, new Type[0]);
    private static final Method WRAPPING = new Method("<init>", Type.VOID_TYPE, types(THROWABLE));
    private static final Method NEW_INSTANCE = new Method("newInstance", OBJECT, new Type[0]);
    private static final Method GET = new Method("get", OBJECT, types(OBJECT));
    private static final Method SET = new Method("set", Type.VOID_TYPE, types(OBJECT, OBJECT));
    private static final Method READ_NULL = new Method("readBoolean", "()Z");
    private static final Method WRITE_NULL = new Method("writeBoolean", "(Z)V");
    private static final Method COPY = new Method("copy", OBJECT, types(OBJECT));
    private static final Method COPY_REUSING = new Method("copy", OBJECT, types(OBJECT, OBJECT));
    private static final Method DESERIALIZE = new Method("deserialize", OBJECT, types(INPUT));
    private static final Method DESERIALIZE_REUSING =
            new Method("deserialize", OBJECT, types(OBJECT, INPUT));
    private static final Method DESERIALIZE_STRING =
            new Method("deserialize", STRING, types(INPUT));
    private static final Method SERIALIZE =
            new Method("serialize", Type.VOID_TYPE, types(OBJECT, OUTPUT));
    private static final Method SERIALIZE_STRING =
            new Method("serialize", Type.VOID_TYPE, types(STRING, OUTPUT));

    private interface FieldCode {
        void write(Operation code, int index, FieldPlan plan);
    }

    private final Type pojo;
    private final Type codec;
    private final List<FieldPlan> plans;

    PojoCodecGenerator(Class<?> pojo, List<FieldPlan> plans) {
        this.pojo = Type.getType(pojo);
        this.codec = Type.getObjectType(this.pojo.getInternalName() + "$PojoCodec");
        this.plans = plans;
    }

    /** Returns the class file, which has to be defined as a nest-mate of the POJO. */
    byte[] generate() {
        ClassWriter writer =
                new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
                    @Override
                    protected String getCommonSuperClass(String one, String other) {
                        // A value that differs where branches join is not used afterwards.
                        return OBJECT.getInternalName();
                    }
                };
        writer.visit(
                Opcodes.V11,
                Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
                codec.getInternalName(),
                null,
                CODEC.getInternalName(),
                null);
        constructor(writer);
        newInstance(writer);
        for (Type output : types(OUTPUT, ARRAY_OUTPUT)) {
            operation(writer, "write", output, this::serialize);
        }
        for (Type input : types(INPUT, ARRAY_INPUT)) {
            operation(writer, "read", input, this::deserialize);
            operation(writer, "readReusing", input, this::deserializeReusing);
        }
        copy(writer);
        operation(writer, "copyReusing", OBJECT, this::copyReusing);
        writer.visitEnd();
        return writer.toByteArray();
    }

    private void constructor(ClassWriter writer) {
        GeneratorAdapter code = method(writer, 0, CONSTRUCTOR);
        code.loadThis();
        code.invokeConstructor(CODEC, CONSTRUCTOR);
        code.returnValue();
        code.endMethod();
    }

    private void newInstance(ClassWriter writer) {
        GeneratorAdapter code = method(writer, Opcodes.ACC_PUBLIC, NEW_INSTANCE, TARGET_EXCEPTION);
        code.loadLocal(construct(code));
        code.returnValue();
        code.endMethod();
    }

    /** Generates the creation of a POJO, or of the exception if its constructor fails. */
    private int construct(GeneratorAdapter code) {
        Label made = code.newLabel();
        int instance = code.newLocal(pojo);
        Label start = code.mark();
        code.newInstance(pojo);
        code.dup();
        code.invokeConstructor(pojo, CONSTRUCTOR);
        code.storeLocal(instance);
        Label end = code.mark();
        code.goTo(made);
        code.catchException(start, end, THROWABLE);
        int thrown = code.newLocal(THROWABLE);
        code.storeLocal(thrown);
        code.newInstance(TARGET_EXCEPTION);
        code.dup();
        code.loadLocal(thrown);
        code.invokeConstructor(TARGET_EXCEPTION, WRAPPING);
        code.throwException();
        code.mark(made);
        return instance;
    }

    private void operation(ClassWriter writer, String name, Type other, FieldCode fieldCode) {
        Method whole = new Method(name, Type.VOID_TYPE, types(OBJECT, other, SERIALIZERS, FIELDS));
        Operation code = new Operation(writer, Opcodes.ACC_PUBLIC, whole);
        fields(writer, code, name, other, fieldCode);
        code.returnValue();
        code.endMethod();
    }

    /**
     * Generates the creation of a POJO next to the assignment of its fields, so that HotSpot need
     * not clear it first.
     */
    private void copy(ClassWriter writer) {
        Method copy = new Method("copy", OBJECT, types(OBJECT, SERIALIZERS, FIELDS));
        Operation code = new Operation(writer, Opcodes.ACC_PUBLIC, copy);
        fields(writer, code, "copy", OBJECT, this::copy);
        code.loadLocal(code.other);
        code.returnValue();
        code.endMethod();
    }

    /** Generates the code for all fields, in the method itself or in further methods. */
    private void fields(
            ClassWriter writer, Operation code, String name, Type other, FieldCode fieldCode) {
        if (plans.size() <= FIELDS_PER_METHOD) {
            fields(code, 0, plans.size(), fieldCode);
            return;
        }
        for (int from = 0; from < plans.size(); from += FIELDS_PER_METHOD) {
            Method part =
                    new Method(
                            name + '$' + from,
                            Type.VOID_TYPE,
                            types(OBJECT, other, SERIALIZERS, FIELDS));
            Operation partCode = new Operation(writer, Opcodes.ACC_PRIVATE, part);
            fields(partCode, from, Math.min(from + FIELDS_PER_METHOD, plans.size()), fieldCode);
            partCode.returnValue();
            partCode.endMethod();
            code.loadThis();
            code.loadLocal(code.value);
            code.loadLocal(code.other);
            code.loadArg(code.serializers);
            code.loadArg(code.serializers + 1);
            code.invokeVirtual(codec, part);
        }
    }

    private void fields(Operation code, int from, int to, FieldCode fieldCode) {
        for (int i = from; i < to; i++) {
            fieldCode.write(code, i, plans.get(i));
        }
    }

    private static GeneratorAdapter method(
            ClassWriter writer, int access, Method method, Type... exceptions) {
        return new GeneratorAdapter(access, method, null, exceptions, writer);
    }

    /**
     * A method with the arguments POJO, view or other POJO, serializers, fields. If there is no
     * second one, it creates a POJO.
     */
    private final class Operation extends GeneratorAdapter {

        /** The local variable with the POJO. */
        private final int value;

        /** The local variable with the view or the other POJO. */
        private final int other;

        /** The argument with the serializers; the fields follow. */
        private final int serializers;

        /** The type of the second argument. */
        private final Type otherType;

        Operation(ClassWriter writer, int access, Method method) {
            super(
                    Opcodes.ASM9,
                    writer.visitMethod(
                            access, method.getName(), method.getDescriptor(), null, null),
                    access,
                    method.getName(),
                    method.getDescriptor());
            Type[] arguments = method.getArgumentTypes();
            serializers = arguments.length - 2;
            otherType = serializers == 1 ? pojo : arguments[1];
            value = argument(0, pojo);
            other =
                    serializers == 1
                            ? construct(this)
                            : argument(1, arguments[1].equals(OBJECT) ? pojo : arguments[1]);
        }

        void callView(Method method) {
            if (otherType.equals(INPUT) || otherType.equals(OUTPUT)) {
                invokeInterface(otherType, method);
            } else {
                invokeVirtual(otherType, method);
            }
        }

        private int argument(int index, Type type) {
            int local = newLocal(type);
            loadArg(index);
            if (type.equals(pojo)) {
                checkCast(pojo);
            }
            storeLocal(local);
            return local;
        }
    }

    // ----- operations, a field at a time

    private void serialize(Operation code, int index, FieldPlan plan) {
        if (plan.coding() == Coding.PRIMITIVE) {
            writeNull(code, false);
            code.loadLocal(code.other);
            get(code, code.value, index, plan);
            code.callView(primitiveWriter(plan.type()));
            return;
        }
        Label isNull = code.newLabel();
        Label done = code.newLabel();
        int value = code.newLocal(plan.isDirect() ? Type.getType(plan.type()) : OBJECT);
        get(code, code.value, index, plan);
        code.storeLocal(value);
        code.loadLocal(value);
        code.ifNull(isNull);
        writeNull(code, false);
        encode(code, index, plan, value);
        code.goTo(done);
        code.mark(isNull);
        writeNull(code, true);
        code.mark(done);
    }

    private void encode(Operation code, int index, FieldPlan plan, int value) {
        switch (plan.coding()) {
            case BOXED:
                Class<?> primitive = plan.primitive();
                code.loadLocal(code.other);
                code.loadLocal(value);
                code.invokeVirtual(
                        Type.getType(plan.type()),
                        new Method(
                                primitive.getName() + "Value",
                                Type.getType(primitive),
                                new Type[0]));
                code.callView(primitiveWriter(primitive));
                break;
            case STRING:
                call(code, index, plan, SERIALIZE_STRING, value, code.other);
                break;
            default:
                call(code, index, plan, SERIALIZE, value, code.other);
        }
    }

    private void deserialize(Operation code, int index, FieldPlan plan) {
        deserialize(code, index, plan, false);
    }

    private void deserializeReusing(Operation code, int index, FieldPlan plan) {
        deserialize(code, index, plan, true);
    }

    private void deserialize(Operation code, int index, FieldPlan plan, boolean reusing) {
        Label isPresent = code.newLabel();
        Label done = code.newLabel();
        code.loadLocal(code.other);
        code.callView(READ_NULL);
        code.ifZCmp(GeneratorAdapter.EQ, isPresent);
        setNull(code, code.value, index, plan);
        code.goTo(done);
        code.mark(isPresent);
        switch (plan.coding()) {
            case PRIMITIVE:
            case BOXED:
                code.loadLocal(code.value);
                read(code, plan);
                put(code, plan);
                break;
            case STRING:
                code.loadLocal(code.value);
                call(code, index, plan, DESERIALIZE_STRING, code.other);
                put(code, plan);
                break;
            default:
                Runnable fresh = () -> call(code, index, plan, DESERIALIZE, code.other);
                if (reusing) {
                    IntConsumer reused =
                            old -> call(code, index, plan, DESERIALIZE_REUSING, old, code.other);
                    reuse(code, code.value, index, plan, reused, fresh);
                } else {
                    fresh.run();
                }
                set(code, code.value, index, plan);
        }
        code.mark(done);
    }

    private void copy(Operation code, int index, FieldPlan plan) {
        copy(code, index, plan, false);
    }

    private void copyReusing(Operation code, int index, FieldPlan plan) {
        copy(code, index, plan, true);
    }

    private void copy(Operation code, int index, FieldPlan plan, boolean reusing) {
        if (plan.coding() != Coding.KNOWN_SERIALIZER && plan.coding() != Coding.ANY_SERIALIZER) {
            code.loadLocal(code.other);
            get(code, code.value, index, plan);
            put(code, plan);
            return;
        }
        Label isPresent = code.newLabel();
        Label done = code.newLabel();
        int value = code.newLocal(OBJECT);
        get(code, code.value, index, plan);
        code.storeLocal(value);
        code.loadLocal(value);
        code.ifNonNull(isPresent);
        setNull(code, code.other, index, plan);
        code.goTo(done);
        code.mark(isPresent);
        Runnable fresh = () -> call(code, index, plan, COPY, value);
        if (reusing) {
            IntConsumer reused = old -> call(code, index, plan, COPY_REUSING, value, old);
            reuse(code, code.other, index, plan, reused, fresh);
        } else {
            fresh.run();
        }
        set(code, code.other, index, plan);
        code.mark(done);
    }

    // ----- pieces

    /** Calls a method of the field's serializer, with local variables as its arguments. */
    private static void call(
            Operation code, int index, FieldPlan plan, Method method, int... arguments) {
        serializer(code, index, plan);
        for (int argument : arguments) {
            code.loadLocal(argument);
        }
        code.invokeVirtual(Type.getType(plan.serializer()), method);
    }

    /**
     * Generates one call for a field that is not null, and another one for null.
     *
     * @param reusing receives the local variable with the value of the field
     */
    private void reuse(
            Operation code,
            int instance,
            int index,
            FieldPlan plan,
            IntConsumer reusing,
            Runnable fresh) {
        Label isNull = code.newLabel();
        Label done = code.newLabel();
        int old = code.newLocal(OBJECT);
        get(code, instance, index, plan);
        code.storeLocal(old);
        code.loadLocal(old);
        code.ifNull(isNull);
        reusing.accept(old);
        code.goTo(done);
        code.mark(isNull);
        fresh.run();
        code.mark(done);
    }

    private static void writeNull(Operation code, boolean isNull) {
        code.loadLocal(code.other);
        code.push(isNull);
        code.callView(WRITE_NULL);
    }

    private static void read(Operation code, FieldPlan plan) {
        Class<?> primitive = plan.primitive();
        code.loadLocal(code.other);
        code.callView(
                new Method("read" + capitalized(primitive), Type.getType(primitive), new Type[0]));
        if (plan.coding() == Coding.BOXED) {
            code.valueOf(Type.getType(primitive));
        }
    }

    private static void serializer(Operation code, int index, FieldPlan plan) {
        code.loadArg(code.serializers);
        code.push(index);
        code.arrayLoad(SERIALIZER);
        if (plan.serializer() != TypeSerializer.class) {
            code.checkCast(Type.getType(plan.serializer()));
        }
    }

    private static void reflected(Operation code, int index) {
        code.loadArg(code.serializers + 1);
        code.push(index);
        code.arrayLoad(FIELD);
    }

    private void get(Operation code, int instance, int index, FieldPlan plan) {
        if (plan.isDirect()) {
            code.loadLocal(instance);
            code.getField(Type.getType(plan.owner()), plan.name(), Type.getType(plan.type()));
        } else {
            reflected(code, index);
            code.loadLocal(instance);
            code.invokeVirtual(FIELD, GET);
        }
    }

    /** Takes the POJO and a value of the type of the field from the stack. */
    private static void put(Operation code, FieldPlan plan) {
        code.putField(Type.getType(plan.owner()), plan.name(), Type.getType(plan.type()));
    }

    private void setNull(Operation code, int instance, int index, FieldPlan plan) {
        if (plan.isDirect() && !plan.type().isPrimitive()) {
            code.loadLocal(instance);
            code.visitInsn(Opcodes.ACONST_NULL);
            put(code, plan);
        } else {
            reflected(code, index);
            code.loadLocal(instance);
            code.visitInsn(Opcodes.ACONST_NULL);
            code.invokeVirtual(FIELD, SET);
        }
    }

    /** Takes any value from the stack. */
    private void set(Operation code, int instance, int index, FieldPlan plan) {
        int value = code.newLocal(OBJECT);
        code.storeLocal(value);
        Label byReflection = code.newLabel();
        Label done = code.newLabel();
        if (plan.isDirect()) {
            Type type = Type.getType(plan.type());
            if (plan.type() != Object.class) {
                Label fits = code.newLabel();
                code.loadLocal(value);
                code.ifNull(fits);
                code.loadLocal(value);
                code.instanceOf(type);
                code.ifZCmp(GeneratorAdapter.EQ, byReflection);
                code.mark(fits);
            }
            code.loadLocal(instance);
            code.loadLocal(value);
            code.checkCast(type);
            put(code, plan);
            code.goTo(done);
        }
        if (!plan.isDirect() || plan.type() != Object.class) {
            code.mark(byReflection);
            reflected(code, index);
            code.loadLocal(instance);
            code.loadLocal(value);
            code.invokeVirtual(FIELD, SET);
        }
        code.mark(done);
    }

    /** Returns the method of the view, which takes an int for shorter types. */
    private static Method primitiveWriter(Class<?> primitive) {
        boolean isShort =
                primitive == byte.class || primitive == short.class || primitive == char.class;
        Type argument = isShort ? Type.INT_TYPE : Type.getType(primitive);
        return new Method("write" + capitalized(primitive), Type.VOID_TYPE, types(argument));
    }

    private static String capitalized(Class<?> primitive) {
        String name = primitive.getName();
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static Type[] types(Type... types) {
        return types;
    }
}
