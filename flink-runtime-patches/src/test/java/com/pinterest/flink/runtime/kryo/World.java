// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import com.pinterest.flink.runtime.network.RecordArray;
import com.pinterest.flink.serialization.kryo.ReadAheadInput;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The same script: once on our classes, once on upstream's. */
final class World {

    private static final List<String> PATCHED =
            List.of(ReadAheadInput.class.getName(), RecordArray.class.getName());

    private final ClassLoader loader;

    private World(ClassLoader loader) {
        this.loader = loader;
    }

    static World ours() {
        return new World(World.class.getClassLoader());
    }

    /** The class path of the test, without what holds patched classes. */
    static World upstreams() throws Exception {
        List<Path> patched = new ArrayList<>();
        for (String name : PATCHED) {
            URL location = Class.forName(name).getProtectionDomain().getCodeSource().getLocation();
            patched.add(Path.of(location.toURI()));
        }
        List<URL> classPath = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(element).toAbsolutePath();
            if (!patched.contains(path)) {
                classPath.add(path.toUri().toURL());
            }
        }
        return new World(
                new URLClassLoader(
                        classPath.toArray(new URL[0]), ClassLoader.getPlatformClassLoader()));
    }

    boolean knows(Class<?> type) {
        try {
            loader.loadClass(type.getName());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Runs a script that is made of a seed. */
    String run(Class<? extends Callable<String>> script, long seed) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            Object callable =
                    loader.loadClass(script.getName()).getConstructor(long.class).newInstance(seed);
            return (String) ((Callable<?>) callable).call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
