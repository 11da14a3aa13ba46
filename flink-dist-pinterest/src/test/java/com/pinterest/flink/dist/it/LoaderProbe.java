// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * Main class of a process with the class path of a Flink process: prints what the class loaders of
 * jobs, plugins and the planner make of the fixture classes.
 */
public final class LoaderProbe {

    private LoaderProbe() {}

    /** Prints, given the user's jar. */
    public static void main(String[] arguments) throws Exception {
        URL userJar = Path.of(arguments[0]).toUri().toURL();
        Configuration configuration = new Configuration();
        try (URLClassLoader job =
                ClientUtils.buildUserCodeClassLoader(
                        List.of(userJar),
                        List.of(),
                        LoaderProbe.class.getClassLoader(),
                        configuration)) {
            print("job", job);
        }
        Iterator<FileSystemFactory> plugins =
                PluginUtils.createPluginManagerFromRootFolder(configuration)
                        .load(FileSystemFactory.class);
        print("plugin", plugins.next().getClass().getClassLoader());
        print("planner", plannerLoader());
    }

    /** By reflection, as only the distribution's jars hold the class. */
    private static ClassLoader plannerLoader() throws ReflectiveOperationException {
        Class<?> module = Class.forName("org.apache.flink.table.planner.loader.PlannerModule");
        Object instance = module.getMethod("getInstance").invoke(null);
        return (ClassLoader) module.getMethod("getSubmoduleClassLoader").invoke(instance);
    }

    private static void print(String who, ClassLoader loader) {
        Origins.lines(who, loader).forEach(System.out::println);
    }
}
