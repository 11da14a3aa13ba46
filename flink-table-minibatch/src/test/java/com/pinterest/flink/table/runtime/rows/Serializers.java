// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.LogicalType;

/** The patched serializer of rows, and the one in upstream's jar, with all that it uses there. */
final class Serializers {

    private static final ClassLoader UPSTREAMS = upstreams();

    private Serializers() {}

    /** What both can do. */
    interface Binarizer {
        BinaryRowData toBinaryRow(RowData row, boolean requiresDeepCopy);
    }

    static Binarizer ours(LogicalType... types) {
        return new RowDataSerializer(types)::toBinaryRow;
    }

    static Binarizer upstreams(LogicalType... types) {
        try {
            Class<?> loaded = UPSTREAMS.loadClass(RowDataSerializer.class.getName());
            Object serializer =
                    loaded.getConstructor(LogicalType[].class).newInstance((Object) types);
            Method method = loaded.getMethod("toBinaryRow", RowData.class, boolean.class);
            return (row, requiresDeepCopy) -> call(method, serializer, row, requiresDeepCopy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BinaryRowData call(Method method, Object serializer, Object... arguments) {
        try {
            return (BinaryRowData) method.invoke(serializer, arguments);
        } catch (InvocationTargetException e) {
            Throwable thrown = e.getCause();
            if (thrown instanceof Error) {
                throw (Error) thrown;
            }
            throw (RuntimeException) thrown;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Serializers and writers of the jar that {@link BinaryRowWriter} is from; the rest is shared.
     */
    private static ClassLoader upstreams() {
        URL jar = BinaryRowWriter.class.getProtectionDomain().getCodeSource().getLocation();
        URL ours = RowDataSerializer.class.getProtectionDomain().getCodeSource().getLocation();
        if (jar.equals(ours)) {
            throw new IllegalStateException("The serializer is not patched: " + ours);
        }
        return new OwnFirst(jar);
    }

    private static final class OwnFirst extends URLClassLoader {

        OwnFirst(URL jar) {
            super(new URL[] {jar}, Serializers.class.getClassLoader());
            // Surefire turns assertions on for the loader of the tests only.
            setDefaultAssertionStatus(Serializers.class.desiredAssertionStatus());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (name.startsWith("org.apache.flink.table.runtime.typeutils.")
                        || name.startsWith("org.apache.flink.table.data.writer.")) {
                    Class<?> loaded = findLoadedClass(name);
                    return loaded == null ? findClass(name) : loaded;
                }
            }
            return super.loadClass(name, resolve);
        }
    }
}
