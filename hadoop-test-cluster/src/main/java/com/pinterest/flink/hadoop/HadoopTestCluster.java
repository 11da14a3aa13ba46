// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.hadoop;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.client.HdfsClientConfigKeys;
import org.apache.hadoop.net.DNSToSwitchMapping;
import org.apache.hadoop.net.TableMapping;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * A program that runs HDFS with one data node, and YARN with one node, on free ports. It runs until
 * its standard input ends or it receives a signal, so that it does not outlive a crashed test.
 *
 * <p>The client configuration is written to {@code HADOOP_CONF_DIR}, which containers also use; all
 * other files are in the working directory. The cluster is ready when {@code yarn-site.xml} exists.
 *
 * <p>This is not Hadoop's own program, MiniHadoopClusterManager, because with that YARN uses its
 * default ports, and the configuration that it writes does not contain the chosen ports. The web
 * interface of YARN does not work, because that of the node in the same process replaces it.
 */
public final class HadoopTestCluster {

    private static final String RACK = "/rack1";
    private static final long NODE_TIMEOUT_MILLIS = 1_200_000;
    private static final long STOP_TIMEOUT_SECONDS = 600;

    private HadoopTestCluster() {}

    /** Runs the cluster. Takes no arguments. */
    public static void main(String[] args) throws Exception {
        Path conf = Path.of(System.getenv("HADOOP_CONF_DIR"));
        MiniDFSCluster hdfs = startHdfs();
        Configuration core = new Configuration(false);
        core.set(CommonConfigurationKeysPublic.FS_DEFAULT_NAME_KEY, hdfs.getURI().toString());
        configureRack(core, conf.resolve("racks"));
        write(core, conf.resolve("core-site.xml"));

        MiniYARNCluster yarn = startYarn(hdfs);
        // Stops the containers, which are processes. Runs before the file systems are closed.
        ShutdownHookManager.get()
                .addShutdownHook(
                        yarn::stop,
                        FileSystem.SHUTDOWN_HOOK_PRIORITY + 1,
                        STOP_TIMEOUT_SECONDS,
                        TimeUnit.SECONDS);
        write(clientConfiguration(yarn.getConfig()), conf.resolve("yarn-site.xml"));

        System.in.transferTo(OutputStream.nullOutputStream());
        System.exit(0);
    }

    /** Puts this machine in a rack, which clients and containers see. */
    private static void configureRack(Configuration core, Path table) throws IOException {
        List<String> lines = new ArrayList<>();
        for (InetAddress address :
                List.of(InetAddress.getLocalHost(), InetAddress.getLoopbackAddress())) {
            lines.add(address.getHostAddress() + " " + RACK);
        }
        Files.write(table, lines);
        core.setClass(
                CommonConfigurationKeysPublic.NET_TOPOLOGY_NODE_SWITCH_MAPPING_IMPL_KEY,
                TableMapping.class,
                DNSToSwitchMapping.class);
        core.set(
                CommonConfigurationKeysPublic.NET_TOPOLOGY_TABLE_MAPPING_FILE_KEY,
                table.toString());
    }

    private static MiniDFSCluster startHdfs() throws IOException, InterruptedException {
        Configuration configuration = new Configuration();
        MiniDFSCluster hdfs =
                new MiniDFSCluster.Builder(configuration, Path.of("").toAbsolutePath().toFile())
                        .numDataNodes(0)
                        .build();
        // Does not use the builder, which gives the node only ten seconds to start.
        hdfs.startDataNodes(configuration, 1, true, null, null);
        hdfs.waitActive();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NODE_TIMEOUT_MILLIS);
        while (!hdfs.isClusterUp()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("HDFS did not start");
            }
            Thread.sleep(100);
        }
        return hdfs;
    }

    private static MiniYARNCluster startYarn(MiniDFSCluster hdfs) throws Exception {
        Configuration configuration = new YarnConfiguration(hdfs.getConfiguration(0));
        // That of the builder is the number of its data nodes, which is none.
        configuration.setInt(HdfsClientConfigKeys.DFS_REPLICATION_KEY, 1);
        // The paths by which containers find Hadoop.
        configuration.set(
                YarnConfiguration.YARN_APPLICATION_CLASSPATH,
                "$HADOOP_CONF_DIR," + System.getProperty("java.class.path").replace(':', ','));
        // Small containers, so that an application fits next to one that has not ended completely.
        configuration.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
        configuration.setInt(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, 8192);
        configuration.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, false);
        configuration.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
        // Otherwise the node is unhealthy on a disk that is 90 % full.
        configuration.setBoolean(YarnConfiguration.NM_DISK_HEALTH_CHECK_ENABLE, false);
        MiniYARNCluster yarn = new MiniYARNCluster("yarn", 1, 1, 1);
        yarn.init(configuration);
        yarn.start();
        if (!yarn.waitForNodeManagersToConnect(NODE_TIMEOUT_MILLIS)) {
            throw new IOException("the node of YARN did not start");
        }
        return yarn;
    }

    private static Configuration clientConfiguration(Configuration yarn) {
        Configuration client = new Configuration(false);
        client.set(YarnConfiguration.RM_ADDRESS, yarn.get(YarnConfiguration.RM_ADDRESS));
        client.set(
                YarnConfiguration.RM_SCHEDULER_ADDRESS,
                yarn.get(YarnConfiguration.RM_SCHEDULER_ADDRESS));
        client.set(
                YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB,
                yarn.get(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB));
        client.set(
                YarnConfiguration.YARN_APPLICATION_CLASSPATH,
                yarn.get(YarnConfiguration.YARN_APPLICATION_CLASSPATH));
        return client;
    }

    /** Writes the file atomically. */
    private static void write(Configuration configuration, Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (OutputStream out = Files.newOutputStream(part)) {
            configuration.writeXml(out);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
