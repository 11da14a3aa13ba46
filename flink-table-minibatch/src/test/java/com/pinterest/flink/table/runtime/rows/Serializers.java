// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import javax.annotation.Nullable;
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

    /** Copies a row, into another if there is one. */
    interface Copier {
        RowData copy(RowData row, @Nullable RowData reuse);
    }

    static Copier ourCopier(LogicalType... types) {
        RowDataSerializer serializer = new RowDataSerializer(types);
        return (row, reuse) -> reuse == null ? serializer.copy(row) : serializer.copy(row, reuse);
    }

    static Copier upstreamsCopier(LogicalType... types) {
        try {
            Object serializer = newUpstreams(types);
            Method method = serializer.getClass().getMethod("copy", RowData.class);
            Method reusing = serializer.getClass().getMethod("copy", RowData.class, RowData.class);
            return (row, reuse) ->
                    reuse == null
                            ? call(method, serializer, row)
                            : call(reusing, serializer, row, reuse);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object newUpstreams(LogicalType... types) throws ReflectiveOperationException {
        return UPSTREAMS
                .loadClass(RowDataSerializer.class.getName())
                .getConstructor(LogicalType[].class)
                .newInstance((Object) types);
    }

    static Binarizer ours(LogicalType... types) {
        return new RowDataSerializer(types)::toBinaryRow;
    }

    static Binarizer upstreams(LogicalType... types) {
        try {
            Object serializer = newUpstreams(types);
            Method method =
                    serializer.getClass().getMethod("toBinaryRow", RowData.class, boolean.class);
            return (row, requiresDeepCopy) ->
                    (BinaryRowData) call(method, serializer, row, requiresDeepCopy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RowData call(Method method, Object serializer, Object... arguments) {
        try {
            return (RowData) method.invoke(serializer, arguments);
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
