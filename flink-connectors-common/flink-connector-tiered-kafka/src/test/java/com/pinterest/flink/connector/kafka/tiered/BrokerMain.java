// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.io.OutputStream;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka broker, its own controller, in a JVM of its own. It ends when its standard input does, so
 * that it does not outlive the tests.
 */
final class BrokerMain {

    private BrokerMain() {}

    public static void main(String[] args) {
        String properties = args[0];
        // Not when it goes on with what a broker before has left.
        if (args.length < 2) {
            int formatted =
                    StorageTool.execute(
                            new String[] {
                                "format", "-t", Uuid.randomUuid().toString(), "-c", properties
                            },
                            System.out);
            if (formatted != 0) {
                System.exit(formatted);
            }
        }
        Thread watcher = new Thread(BrokerMain::exitWithParent, "exit-with-parent");
        watcher.setDaemon(true);
        watcher.start();
        Kafka.main(new String[] {properties});
    }

    private static void exitWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(0);
    }
}
