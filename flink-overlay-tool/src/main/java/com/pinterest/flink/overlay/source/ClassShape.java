// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.objectweb.asm.Attribute;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.SerialVersionUIDAdder;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * The parts of a class that other classes can link against or inline: its header, its non-private
 * members with their generic signatures, and its compile-time constants.
 *
 * <p>This includes classes written in Scala. The Scala compiler inlines constants from the
 * signature, and represents them in byte code as final methods that return a literal. It makes a
 * private method public if a nested class or a function calls it, with {@code $$} in its name. The
 * signature in an annotation ({@code ScalaSignature}) also contains private members and is not
 * compared.
 *
 * @param name the internal name
 * @param header access flags, generic signature, superclass and interfaces
 * @param members by {@code name + descriptor}
 * @param serialVersionUid the declared value, or the one that the JDK computes if none is declared
 *     (Java Object Serialization Specification, section 4.6); 0 for an enum (section 1.12)
 * @param linkable whether classes of other source files can name it: it is not private, local or
 *     anonymous
 */
public record ClassShape(
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
     * @param constant the compile-time constant of a field, or of a method that represents one in
     *     Scala, or null
     */
    public record Member(int access, String signature, List<String> exceptions, Object constant) {
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

    public static ClassShape of(byte[] classFile) {
        ClassReader reader = new ClassReader(classFile);
        Collector collector = new Collector();
        reader.accept(collector, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return new ClassShape(
                reader.getClassName(),
                collector.header,
                collector.members,
                collector.declaredUid == null ? UidComputer.compute(reader) : collector.declaredUid,
                collector.linkable);
    }

    /**
     * Returns the name of the source file that a class was compiled from, or null if it is unknown.
     */
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
        private boolean scala;
        private boolean trait;

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
            trait = (access & Opcodes.ACC_INTERFACE) != 0;
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
        public void visitAttribute(Attribute attribute) {
            scala |= attribute.type.equals("ScalaSig") || attribute.type.equals("Scala");
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
            boolean isAbstract = (access & Opcodes.ACC_ABSTRACT) != 0;
            boolean madePublic = scala && name.contains("$$") && !isAbstract;
            if (name.equals("<clinit>") || madePublic) {
                return null;
            }
            // Whether the constructor of an anonymous class has one depends on the release of
            // javac.
            String linked = name.equals("<init>") && !linkable ? null : signature;
            boolean mayBeConstant =
                    scala
                            && descriptor.startsWith("()")
                            && !isAbstract
                            && (trait || (access & Opcodes.ACC_FINAL) != 0);
            if (!mayBeConstant) {
                add(access, name + descriptor, linked, exceptions, null);
                return null;
            }
            Consumer<Object> add =
                    literal -> add(access, name + descriptor, linked, exceptions, literal);
            return new MethodNode(Opcodes.ASM9) {
                @Override
                public void visitEnd() {
                    add.accept(returnedLiteral(this));
                }
            };
        }

        /** Returns the literal that a method returns, or null if the method does anything else. */
        private static Object returnedLiteral(MethodNode method) {
            List<AbstractInsnNode> code = new ArrayList<>();
            method.instructions.forEach(code::add);
            code.removeIf(instruction -> instruction.getOpcode() < 0);
            int last = code.size() == 2 ? code.get(1).getOpcode() : Opcodes.RETURN;
            if (last < Opcodes.IRETURN || last > Opcodes.ARETURN) {
                return null;
            }
            AbstractInsnNode first = code.get(0);
            int opcode = first.getOpcode();
            if (first instanceof LdcInsnNode load) {
                return load.cst;
            } else if (opcode == Opcodes.BIPUSH || opcode == Opcodes.SIPUSH) {
                return ((IntInsnNode) first).operand;
            } else if (opcode >= Opcodes.ICONST_M1 && opcode <= Opcodes.ICONST_5) {
                return opcode - Opcodes.ICONST_0;
            } else if (opcode == Opcodes.LCONST_0 || opcode == Opcodes.LCONST_1) {
                return (long) (opcode - Opcodes.LCONST_0);
            } else if (opcode >= Opcodes.FCONST_0 && opcode <= Opcodes.FCONST_2) {
                return (float) (opcode - Opcodes.FCONST_0);
            } else if (opcode == Opcodes.DCONST_0 || opcode == Opcodes.DCONST_1) {
                return (double) (opcode - Opcodes.DCONST_0);
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
