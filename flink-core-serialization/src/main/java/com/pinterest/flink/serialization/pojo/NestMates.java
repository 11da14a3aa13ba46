// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import org.apache.flink.shaded.asm9.org.objectweb.asm.ClassWriter;
import org.apache.flink.shaded.asm9.org.objectweb.asm.Opcodes;
import org.apache.flink.shaded.asm9.org.objectweb.asm.Type;
import org.apache.flink.shaded.asm9.org.objectweb.asm.commons.GeneratorAdapter;

/**
 * A factory of hidden classes that can access the private members of another class and are unloaded
 * with it.
 *
 * <p>Java supports this since version 15. As our byte code is for Java 11, it is called by
 * reflection.
 *
 * <p>Only a {@code Lookup} of the other class's own module may define such a class. Each class
 * loader has its own unnamed module, so the module of a job's class is not ours. Therefore an
 * <em>insider</em>, an ordinary class in the same package, is defined there first and hands out its
 * {@code Lookup}.
 */
final class NestMates {

    private static final String INSIDER = "$PojoCodecInsider";
    private static final String LOOKUP = "lookup";

    private static final Optional<Definition> DEFINITION = Definition.find();

    private static final ClassValue<Host> HOSTS =
            new ClassValue<>() {
                @Override
                protected Host computeValue(Class<?> type) {
                    return new Host(type);
                }
            };

    private NestMates() {}

    static boolean areSupported() {
        return DEFINITION.isPresent();
    }

    /**
     * Defines a hidden class as a nest-mate and instantiates it.
     *
     * @param host a member of the nest
     * @param bytes the class file; the class is in the package of the host
     */
    static Object instantiate(Class<?> host, byte[] bytes) throws ReflectiveOperationException {
        Definition definition =
                DEFINITION.orElseThrow(
                        () -> new ReflectiveOperationException("Java 15 or newer is needed."));
        Lookup defined = definition.define(HOSTS.get(host).lookup(), bytes);
        return invoke(
                () ->
                        defined.findConstructor(
                                        defined.lookupClass(), MethodType.methodType(void.class))
                                .invoke());
    }

    private static byte[] insider(String name) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(
                Opcodes.V11,
                Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
                name.replace('.', '/'),
                null,
                "java/lang/Object",
                null);
        Type lookup = Type.getType(Lookup.class);
        org.apache.flink.shaded.asm9.org.objectweb.asm.commons.Method method =
                new org.apache.flink.shaded.asm9.org.objectweb.asm.commons.Method(
                        LOOKUP, Type.getMethodDescriptor(lookup));
        GeneratorAdapter code =
                new GeneratorAdapter(Opcodes.ACC_STATIC, method, null, null, writer);
        code.invokeStatic(Type.getType(MethodHandles.class), method);
        code.returnValue();
        code.endMethod();
        writer.visitEnd();
        return writer.toByteArray();
    }

    private interface Handle {
        Object call() throws Throwable;
    }

    private static Object invoke(Handle handle) throws ReflectiveOperationException {
        try {
            return handle.call();
        } catch (ReflectiveOperationException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new InvocationTargetException(e);
        }
    }

    /** The {@code Lookup} into a class. It is kept because the insider can be defined only once. */
    private static final class Host {

        private final Class<?> type;
        private Lookup lookup;

        Host(Class<?> type) {
            this.type = type;
        }

        synchronized Lookup lookup() throws ReflectiveOperationException {
            if (lookup == null) {
                lookup = find();
            }
            return lookup;
        }

        private Lookup find() throws ReflectiveOperationException {
            Lookup outside = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            if ((outside.lookupModes() & Lookup.MODULE) != 0) {
                return outside;
            }
            Class<?> insider = outside.defineClass(insider(type.getName() + INSIDER));
            Lookup inside =
                    (Lookup)
                            invoke(
                                    () ->
                                            outside.findStatic(
                                                            insider,
                                                            LOOKUP,
                                                            MethodType.methodType(Lookup.class))
                                                    .invoke());
            return MethodHandles.privateLookupIn(type, inside);
        }
    }

    /** {@code Lookup.defineHiddenClass}. */
    private static final class Definition {

        private final Method method;
        private final Object options;

        private Definition(Method method, Object options) {
            this.method = method;
            this.options = options;
        }

        static Optional<Definition> find() {
            try {
                Class<?> option = Class.forName(Lookup.class.getName() + "$ClassOption");
                Object options = Array.newInstance(option, 1);
                Object nestMate =
                        Arrays.stream(option.getEnumConstants())
                                .filter(constant -> constant.toString().equals("NESTMATE"))
                                .findFirst()
                                .orElseThrow(ClassNotFoundException::new);
                Array.set(options, 0, nestMate);
                return Optional.of(
                        new Definition(
                                Lookup.class.getMethod(
                                        "defineHiddenClass",
                                        byte[].class,
                                        boolean.class,
                                        options.getClass()),
                                options));
            } catch (ReflectiveOperationException e) {
                return Optional.empty();
            }
        }

        Lookup define(Lookup host, byte[] bytes) throws ReflectiveOperationException {
            return (Lookup) method.invoke(host, bytes, true, options);
        }
    }
}
