// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import java.lang.reflect.Method;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The racks of YARN's nodes, as YARN itself resolves them: by {@code net.topology.*} of the Hadoop
 * configuration. Known only to a JobManager in a container of YARN. Immutable and thread-safe.
 */
final class YarnRacks {

    private static final Logger LOG = LoggerFactory.getLogger(YarnRacks.class);

    /** Set by YARN for each container. */
    private static final String CONTAINER = "CONTAINER_ID";

    @Nullable private final Method resolve;
    @Nullable private final Object hadoopConfiguration;

    private YarnRacks(@Nullable Method resolve, @Nullable Object hadoopConfiguration) {
        this.resolve = resolve;
        this.hadoopConfiguration = hadoopConfiguration;
    }

    /** Those that this process may ask for. */
    static YarnRacks ofThisProcess() {
        if (System.getenv(CONTAINER) == null) {
            return new YarnRacks(null, null);
        }
        try {
            // Hadoop is not a part of the distribution.
            ClassLoader loader = YarnRacks.class.getClassLoader();
            Class<?> configuration = loader.loadClass("org.apache.hadoop.conf.Configuration");
            Object yarn =
                    loader.loadClass("org.apache.hadoop.yarn.conf.YarnConfiguration")
                            .getConstructor()
                            .newInstance();
            return new YarnRacks(
                    loader.loadClass("org.apache.hadoop.yarn.util.RackResolver")
                            .getMethod("resolve", configuration, String.class),
                    yarn);
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.warn("Placement does not know the racks of YARN", e);
            return new YarnRacks(null, null);
        }
    }

    /** The rack of a node, empty if it is not known. */
    String rackOf(String host) {
        if (resolve == null) {
            return "";
        }
        try {
            Object node = resolve.invoke(null, hadoopConfiguration, host);
            return (String) node.getClass().getMethod("getNetworkLocation").invoke(node);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("Placement does not know the rack of {}", host, e);
            return "";
        }
    }
}
