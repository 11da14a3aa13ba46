// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import java.util.List;
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
 * @param members by {@code name + descriptor}
 * @param serialVersionUid the declared value, or what the JDK computes if none is declared (Java
 *     Object Serialization Specification, section 4.6); 0 for an enum (section 1.12)
 * @param linkable whether classes of other source files can name it: it is neither private nor
 *     local nor anonymous
 */
record ClassShape(
        String name,
        String header,
        Map<String, Member> members,
        long serialVersionUid,
        boolean linkable) {

    /**
     * A field or method that is not private.
     *
     * @param signature the generic signature, or null
     * @param exceptions the internal names of the declared exceptions
     * @param constant the compile-time constant of a field, or null
     */
    record Member(int access, String signature, List<String> exceptions, Object constant) {
        boolean isAbstract() {
            return (access & Opcodes.ACC_ABSTRACT) != 0;
        }

        boolean isEnumConstant() {
            return (access & Opcodes.ACC_ENUM) != 0;
        }

        @Override
        public String toString() {
            return String.format(
                    "flags %x signature %s throws %s constant %s",
                    access, signature, String.join(",", exceptions), constant);
        }
    }

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
                collector.declaredUid == null ? UidComputer.compute(reader) : collector.declaredUid,
                collector.linkable);
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
        private final Map<String, Member> members = new TreeMap<>();
        private String header;
        private Long declaredUid;
        private String name;
        private boolean linkable = true;

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
            this.name = name;
            header =
                    String.format(
                            "flags %x extends %s implements %s signature %s",
                            access & ~IGNORED_FLAGS,
                            superName,
                            String.join(",", interfaces),
                            signature);
        }

        @Override
        public void visitInnerClass(String inner, String outer, String simpleName, int access) {
            if (inner.equals(name)) {
                linkable = outer != null && (access & Opcodes.ACC_PRIVATE) == 0;
            }
        }

        @Override
        public FieldVisitor visitField(
                int access, String name, String descriptor, String signature, Object value) {
            if (name.equals("serialVersionUID") && value instanceof Long uid) {
                declaredUid = uid;
            }
            // A private constant may be inlined in nested classes that are compiled along with it.
            add(access, name + " " + descriptor, signature, null, value);
            return null;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            if (!name.equals("<clinit>")) {
                // Whether an anonymous class's constructor has one depends on javac's release.
                String linked = name.equals("<init>") && !linkable ? null : signature;
                add(access, name + descriptor, linked, exceptions, null);
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
                    new Member(
                            access & ~IGNORED_FLAGS,
                            signature,
                            exceptions == null ? List.of() : List.of(exceptions),
                            constant));
        }
    }

    private static final class UidComputer extends SerialVersionUIDAdder {
        private UidComputer() {
            super(Opcodes.ASM9, new ClassVisitor(Opcodes.ASM9) {});
        }

        static long compute(ClassReader reader) {
            if ((reader.getAccess() & Opcodes.ACC_ENUM) != 0) {
                return 0;
            }
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
