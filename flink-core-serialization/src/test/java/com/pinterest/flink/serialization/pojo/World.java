// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.pojo;

import java.io.File;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The same scripts on the same test classes: once with our serializers, once with upstream's. */
final class World {

    private final ClassLoader loader;

    private World(ClassLoader loader) {
        this.loader = loader;
    }

    static World ours() {
        return new World(World.class.getClassLoader());
    }

    /** The class path of the test, without the classes of this module. */
    static World upstreams() {
        try {
            Path patched =
                    Path.of(
                            PojoCodec.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            List<URL> classPath = new ArrayList<>();
            for (String element :
                    System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
                if (!Path.of(element).toAbsolutePath().equals(patched)) {
                    URI uri = Path.of(element).toAbsolutePath().toUri();
                    classPath.add(uri.toURL());
                }
            }
            return new World(
                    new URLClassLoader(
                            classPath.toArray(new URL[0]), ClassLoader.getPlatformClassLoader()));
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    ClassLoader loader() {
        return loader;
    }

    /**
     * Runs a script, which finds its POJOs by the loader that it gets as its first argument.
     *
     * @param script a class with one constructor
     */
    String run(Class<? extends Callable<String>> script, CompiledClasses pojos, Object... arguments)
            throws Exception {
        ClassLoader user = pojos.loader(loader);
        Object[] all = new Object[arguments.length + 1];
        all[0] = user;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(user);
        try {
            Object callable =
                    Class.forName(script.getName(), true, loader)
                            .getConstructors()[0]
                            .newInstance(all);
            return (String) ((Callable<?>) callable).call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
