// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.client.SqlClient;
import org.apache.flink.table.client.SqlClientException;

/**
 * The main class that {@code bin/sql-client.sh} runs instead of upstream's for the option {@value
 * #FAIL_ON_ERROR}, and for files with paths that are not valid URIs.
 */
public final class SqlClientLauncher {

    static final String FAIL_ON_ERROR = "--fail-on-error";

    private SqlClientLauncher() {}

    public static void main(String[] arguments) throws IOException {
        List<String> rest = new ArrayList<>(List.of(arguments));
        boolean failOnError = rest.removeIf(FAIL_ON_ERROR::equals);
        String[] clientArguments;
        try {
            clientArguments = new PathArguments().linkTo(rest).toArray(new String[0]);
        } catch (SqlClientException e) {
            fail(e);
            return;
        }
        if (!failOnError) {
            SqlClient.main(clientArguments);
            return;
        }
        try {
            if (new ScriptRun(clientArguments).isSuccessful()) {
                // Does not exit here: as with upstream's main method, a job in this JVM may still
                // be running.
                return;
            }
        } catch (Throwable e) {
            fail(e);
            return;
        }
        System.exit(1);
    }

    private static void fail(Throwable error) {
        System.err.println("[ERROR] " + Causes.describe(error));
        System.exit(1);
    }
}
