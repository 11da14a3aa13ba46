// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UnfinishedStatementTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "SELECT 1",
                "SELECT 1;\nSELECT\n  2;\n",
                "SELECT 1;\r\nSELECT 2;\r\n",
                "SELECT ';', 'it''s', `a;b` -- it's\n FROM t;",
                "SELECT 1;\n-- the end",
                "-- it's about to begin\nSELECT 1;",
                "SELECT 1;\n/* no;\n more */\n--;\n;",
                "SELECT /*+ OPTIONS('a'='b') */ 1;",
                "SELECT 1;\nQUIT;\nSELECT 'left out",
                "HELP;\nCLEAR;\nSET 'a' = 'b';",
                // wrong, but whole
                "SELEC 1;\nSELECT;",
            })
    void wholeScriptsHaveNone(String script) {
        assertThat(UnfinishedStatement.in(script)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "SELECT 1;\\nSELECT 'abc;\\n # SELECT 'abc;",
                "SELECT `abc;\\nSELECT 1;       # SELECT `abc;\\nSELECT 1;",
                "SELECT 1; -- the end           # SELECT 1; -- the end;",
                "SELECT 1;\\nSELECT 2; -- two   # SELECT 2; -- two;",
                "SELECT 1;\\n/* SELECT 2;       # /* SELECT 2;",
                "-- one\\nSELECT 1 /* one;      # SELECT 1 /* one;",
            })
    void unfinishedOneIsReturned(String script, String statement) {
        assertThat(UnfinishedStatement.in(lines(script))).contains(lines(statement));
    }

    private static String lines(String text) {
        return text.replace("\\n", "\n");
    }
}
