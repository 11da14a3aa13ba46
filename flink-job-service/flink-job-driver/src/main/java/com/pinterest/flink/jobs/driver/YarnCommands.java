// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.driver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.driver.JobDriver.Arguments;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.client.deployment.DefaultClusterClientServiceLoader;
import org.apache.flink.client.deployment.application.ApplicationConfiguration;
import org.apache.flink.client.deployment.application.cli.ApplicationClusterDeployer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptionsInternal;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * Commands on YARN, with Hadoop's own configuration.
 *
 * <table>
 * <caption>Commands</caption>
 * <tr><td>APPLICATIONS tag</td><td>for each application with the tag, a field of lines: id, state,
 * final status, start in ms, host and port of its REST interface, tags, and the diagnostics, which
 * can be several</td></tr>
 * <tr><td>QUEUE name</td><td>the state of the queue</td></tr>
 * <tr><td>DEPLOY class count argument... key value...</td><td>the id of an application that runs
 * the main method of the class, or that of the manifest if it is empty, with so many arguments and
 * this configuration; waits until it has begun</td></tr>
 * <tr><td>KILL id</td><td>ends an application</td></tr>
 * </table>
 */
final class YarnCommands {

    /** The type of an application that Flink sets. */
    private static final String TYPE = "Apache Flink";

    private static YarnClient client;

    private YarnCommands() {}

    static List<byte[]> answer(String command, Arguments arguments, Configuration configuration)
            throws Exception {
        return switch (command) {
            case "APPLICATIONS" -> applications(arguments.text(0));
            case "QUEUE" -> queue(arguments.text(0));
            case "DEPLOY" -> deploy(arguments, new Configuration(configuration));
            default -> kill(arguments.text(0));
        };
    }

    private static synchronized YarnClient client() {
        if (client == null) {
            YarnConfiguration configuration = new YarnConfiguration();
            // The service asks again by itself, and others wait for an answer meanwhile.
            configuration.setInt(YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS, 5_000);
            configuration.setInt(
                    YarnConfiguration.RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS, 1_000);
            configuration.setInt("ipc.client.connect.max.retries", 1);
            client = YarnClient.createYarnClient();
            client.init(configuration);
            client.start();
        }
        return client;
    }

    private static List<byte[]> applications(String tag) throws YarnException, IOException {
        List<byte[]> found = new ArrayList<>();
        for (ApplicationReport report : client().getApplications(java.util.Set.of(TYPE))) {
            if (report.getApplicationTags().contains(tag)) {
                String text =
                        String.join(
                                "\n",
                                report.getApplicationId().toString(),
                                report.getYarnApplicationState().name(),
                                report.getFinalApplicationStatus().name(),
                                Long.toString(report.getStartTime()),
                                String.valueOf(report.getHost()),
                                Integer.toString(report.getRpcPort()),
                                String.join(",", report.getApplicationTags()),
                                String.valueOf(report.getDiagnostics()));
                found.add(text.getBytes(UTF_8));
            }
        }
        return found;
    }

    private static List<byte[]> queue(String name) throws YarnException, IOException {
        var queue = client().getQueueInfo(name);
        if (queue == null) {
            throw new FileNotFoundException(name);
        }
        return List.of(queue.getQueueState().name().getBytes(UTF_8));
    }

    private static List<byte[]> deploy(Arguments arguments, Configuration configuration)
            throws Exception {
        String entryClass = arguments.text(0);
        int end = 2 + arguments.number(1);
        List<String> programArguments = new ArrayList<>();
        for (int i = 2; i < end; i++) {
            programArguments.add(arguments.text(i));
        }
        for (int i = end; i < arguments.count(); i += 2) {
            configuration.setString(arguments.text(i), arguments.text(i + 1));
        }
        configuration.set(DeploymentOptionsInternal.CONF_DIR, System.getenv("FLINK_CONF_DIR"));
        Object id =
                new ApplicationClusterDeployer(new DefaultClusterClientServiceLoader())
                        .run(
                                configuration,
                                new ApplicationConfiguration(
                                        programArguments.toArray(new String[0]),
                                        entryClass.isEmpty() ? null : entryClass));
        return List.of(id.toString().getBytes(UTF_8));
    }

    private static List<byte[]> kill(String id) throws YarnException, IOException {
        client().killApplication(ApplicationId.fromString(id));
        return List.of();
    }
}
