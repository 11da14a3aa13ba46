// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.placement;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rack of the YARN node that this process runs on, as Hadoop's {@code RackResolver} finds it:
 * by {@code net.topology.*} of the Hadoop configuration of the container.
 */
final class YarnRack {

    private static final Logger LOG = LoggerFactory.getLogger(YarnRack.class);

    /** Variables that YARN sets for each container. */
    private static final String CONTAINER = "CONTAINER_ID";

    private static final String NODE = "NM_HOST";

    /** Hadoop's name for the rack of a node that no topology knows. */
    private static final String DEFAULT_RACK = "/default-rack";

    private YarnRack() {}

    /** Returns the rack, or an empty string outside of YARN and where no topology is configured. */
    static String find(Map<String, String> environment) {
        String node = environment.get(NODE);
        if (node == null || !environment.containsKey(CONTAINER)) {
            return "";
        }
        try {
            // Hadoop is not a part of the distribution.
            ClassLoader loader = YarnRack.class.getClassLoader();
            Class<?> configuration = loader.loadClass("org.apache.hadoop.conf.Configuration");
            Object yarn =
                    loader.loadClass("org.apache.hadoop.yarn.conf.YarnConfiguration")
                            .getConstructor()
                            .newInstance();
            Object resolved =
                    loader.loadClass("org.apache.hadoop.yarn.util.RackResolver")
                            .getMethod("resolve", configuration, String.class)
                            .invoke(null, yarn, node);
            Class<?> hadoopNode = loader.loadClass("org.apache.hadoop.net.Node");
            Object rack = hadoopNode.getMethod("getNetworkLocation").invoke(resolved);
            return DEFAULT_RACK.equals(rack) ? "" : (String) rack;
        } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
            LOG.warn("The rack of {} is not known, so placement does without it", node, e);
            return "";
        }
    }
}
