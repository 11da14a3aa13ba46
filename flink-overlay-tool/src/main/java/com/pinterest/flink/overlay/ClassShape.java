// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import java.util.Map;
import java.util.TreeMap;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.SerialVersionUIDAdder;

/**
 * What other classes can link against or inline from a class: its header, its non-private members
 * with their generic signatures, and its compile-time constants.
 *
 * @param name the internal name
 * @param header access flags, generic signature, superclass and interfaces
 * @param members by {@code name + descriptor}: access flags, signature, exceptions and constant
 * @param explicitSerialVersionUid the declared value, or null
 * @param computedSerialVersionUid what the JDK computes if none is declared (Java Object
 *     Serialization Specification, section 4.6)
 */
record ClassShape(
        String name,
        String header,
        Map<String, String> members,
        Long explicitSerialVersionUid,
        long computedSerialVersionUid) {

    private static final int IGNORED_FLAGS =
            Opcodes.ACC_SYNCHRONIZED
                    | Opcodes.ACC_SUPER
                    | Opcodes.ACC_STRICT
                    | Opcodes.ACC_DEPRECATED;

    static ClassShape of(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        Collector collector = new Collector();
        reader.accept(
                collector,
                ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return new ClassShape(
                reader.getClassName(),
                collector.header,
                collector.members,
                collector.explicitUid,
                UidComputer.compute(reader));
    }

    /** The name of the source file that a class was compiled from, or null if it does not say. */
    static String sourceFile(byte[] classFile) {
        String[] source = new String[1];
        new ClassReader(classFile)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public void visitSource(String file, String debug) {
                                source[0] = file;
                            }
                        },
                        ClassReader.SKIP_CODE);
        return source[0];
    }

    private static final class Collector extends ClassVisitor {
        private final Map<String, String> members = new TreeMap<>();
        private String header;
        private Long explicitUid;

        Collector() {
            super(Opcodes.ASM9);
        }

        @Override
        public void visit(
                int version,
                int access,
                String name,
                String signature,
                String superName,
                String[] interfaces) {
            header =
                    String.format(
                            "flags %x extends %s implements %s signature %s",
                            access & ~IGNORED_FLAGS,
                            superName,
                            String.join(",", interfaces),
                            signature);
        }

        @Override
        public FieldVisitor visitField(
                int access, String name, String descriptor, String signature, Object value) {
            if (name.equals("serialVersionUID") && value instanceof Long uid) {
                explicitUid = uid;
            }
            // A private constant may be inlined in nested classes that are compiled along with it.
            add(access, name + " " + descriptor, signature, null, value);
            return null;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            if (!name.equals("<clinit>")) {
                add(access, name + descriptor, signature, exceptions, null);
            }
            return null;
        }

        private void add(
                int access, String key, String signature, String[] exceptions, Object constant) {
            if ((access & (Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC)) != 0) {
                return;
            }
            members.put(
                    key,
                    String.format(
                            "flags %x signature %s throws %s constant %s",
                            access & ~IGNORED_FLAGS,
                            signature,
                            exceptions == null ? "" : String.join(",", exceptions),
                            constant));
        }
    }

    private static final class UidComputer extends SerialVersionUIDAdder {
        private UidComputer() {
            super(Opcodes.ASM9, new ClassVisitor(Opcodes.ASM9) {});
        }

        static long compute(ClassReader reader) {
            UidComputer computer = new UidComputer();
            reader.accept(computer, ClassReader.SKIP_CODE);
            try {
                return computer.computeSVUID();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
