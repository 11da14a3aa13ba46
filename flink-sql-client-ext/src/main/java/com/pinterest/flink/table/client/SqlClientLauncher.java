// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.client.SqlClient;
import org.apache.flink.table.client.SqlClientException;

/**
 * The main class of {@code bin/sql-client.sh} where upstream's does not serve: with {@value
 * #FAIL_ON_ERROR}, and for files whose paths are no URIs.
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
                // No exit here: a job in this JVM may still run, as with upstream's main method.
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
