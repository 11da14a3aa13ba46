// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import org.apache.flink.types.IntValue;
import org.apache.flink.types.StringValue;

/** The three methods under test, of whichever implementation. */
interface StringFormat {

    String read(DataInput in) throws Throwable;

    void write(CharSequence text, DataOutput out) throws Throwable;

    void copy(DataInput in, DataOutput out) throws Throwable;

    /** Ours. */
    static StringFormat ours() {
        return new Ours();
    }

    /** Ours where a String's array cannot be had. */
    static StringFormat oursWithoutInternals(StringFormat vanilla) {
        return new Ours() {
            @Override
            public void write(CharSequence text, DataOutput out) throws Throwable {
                boolean written =
                        text instanceof String
                                && text.length() > 0
                                && BulkStrings.write((String) text, null, text.length(), out);
                if (!written) {
                    vanilla.write(text, out);
                }
            }
        };
    }

    /** Upstream's, from its jar, in a class loader of its own. */
    static StringFormat vanilla() throws ReflectiveOperationException {
        // A class that is not patched comes from the jar.
        URL jar = IntValue.class.getProtectionDomain().getCodeSource().getLocation();
        Class<?> vanilla = new VanillaLoader(jar).loadClass(StringValue.class.getName());
        if (vanilla == StringValue.class) {
            throw new IllegalStateException("Not a class of its own: " + vanilla);
        }
        Method read = vanilla.getMethod("readString", DataInput.class);
        Method write = vanilla.getMethod("writeString", CharSequence.class, DataOutput.class);
        Method copy = vanilla.getMethod("copyString", DataInput.class, DataOutput.class);
        return new StringFormat() {
            @Override
            public String read(DataInput in) throws Throwable {
                return (String) call(read, in);
            }

            @Override
            public void write(CharSequence text, DataOutput out) throws Throwable {
                call(write, text, out);
            }

            @Override
            public void copy(DataInput in, DataOutput out) throws Throwable {
                call(copy, in, out);
            }

            private Object call(Method method, Object... arguments) throws Throwable {
                try {
                    return method.invoke(null, arguments);
                } catch (InvocationTargetException thrown) {
                    throw thrown.getCause();
                }
            }
        };
    }

    /** Ours, through the patched class of upstream's. */
    class Ours implements StringFormat {

        @Override
        public String read(DataInput in) throws Throwable {
            return StringValue.readString(in);
        }

        @Override
        public void write(CharSequence text, DataOutput out) throws Throwable {
            StringValue.writeString(text, out);
        }

        @Override
        public void copy(DataInput in, DataOutput out) throws Throwable {
            StringValue.copyString(in, out);
        }
    }

    /** Defines StringValue from upstream's jar, and takes all else from the class path. */
    final class VanillaLoader extends URLClassLoader {

        VanillaLoader(URL jar) {
            super(new URL[] {jar}, StringFormat.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(StringValue.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = findResource(name.replace('.', '/') + ".class").openStream()) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
