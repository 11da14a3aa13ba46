// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.sql.parser.impl.TokenMgrError;
import org.apache.flink.table.api.SqlDialect;
import org.apache.flink.table.api.SqlParserEOFException;
import org.apache.flink.table.client.cli.parser.Command;
import org.apache.flink.table.client.cli.parser.SqlClientParserState;
import org.apache.flink.table.client.cli.parser.SqlCommandParserImpl;
import org.apache.flink.table.client.cli.parser.SqlMultiLineParser;
import org.apache.flink.table.client.gateway.SqlExecutionException;

/**
 * The text after the last complete statement of a script. The client waits for the rest of such a
 * statement, reaches the end of the file, and reports success: with an open quote, or a comment
 * after the last semicolon, it silently skips statements.
 *
 * <p>A statement ends where the client ends it: at a semicolon that is the last character of a
 * line, outside of quotes and comments.
 */
final class UnfinishedStatement {

    /** Text that is not a statement. */
    private static final Pattern NOTHING =
            Pattern.compile("(?s)(?:\\s|;|--[^\\n]*(?:\\n|$)|/\\*(?!\\+).*?\\*/)*+");

    private static final int SHOWN_CHARACTERS = 200;

    private UnfinishedStatement() {}

    /** Returns the beginning of the unfinished statement, or empty if there is none. */
    static Optional<String> in(String script) {
        StringBuilder statement = new StringBuilder();
        for (String line :
                SqlMultiLineParser.formatSqlFile(script).lines().collect(Collectors.toList())) {
            statement.append(statement.length() == 0 ? "" : "\n").append(line);
            String text = statement.toString();
            if (isWhole(text)) {
                if (isQuit(text)) {
                    return Optional.empty();
                }
                statement.setLength(0);
            }
        }
        String rest = NOTHING.matcher(statement).replaceFirst("").strip();
        return rest.isEmpty()
                ? Optional.empty()
                : Optional.of(rest.substring(0, Math.min(rest.length(), SHOWN_CHARACTERS)));
    }

    private static boolean isWhole(String text) {
        SqlClientParserState end =
                SqlClientParserState.computeCurrentStateAtTheEndOfLine(text, SqlDialect.DEFAULT);
        if (end != SqlClientParserState.DEFAULT || !text.trim().endsWith(";")) {
            return false;
        }
        try {
            return new SqlCommandParserImpl().parseStatement(text).isPresent();
        } catch (SqlExecutionException e) {
            // The client reports other errors when it reaches the statement.
            return !(e.getCause() instanceof SqlParserEOFException);
        } catch (TokenMgrError e) {
            return true;
        }
    }

    private static boolean isQuit(String text) {
        try {
            return new SqlCommandParserImpl()
                    .parseStatement(text)
                    .filter(command -> command == Command.QUIT)
                    .isPresent();
        } catch (SqlExecutionException | TokenMgrError e) {
            return false;
        }
    }
}
