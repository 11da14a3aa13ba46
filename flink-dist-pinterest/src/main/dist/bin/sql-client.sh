#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The interactive SQL client.

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

find_log_options "$FLINK_LOG_BASE-sql-client-$HOSTNAME.log" log4j-cli.properties logback.xml
find_lib_class_path
class_path=$LIB_CLASS_PATH
if ! has_jar "$FLINK_LIB_DIR" flink-python; then
    find_python_jar
    class_path+=${PYTHON_JAR:+:$PYTHON_JAR}
fi
if ! has_jar "$FLINK_LIB_DIR" flink-sql-gateway; then
    find_gateway_jar
    class_path+=:$GATEWAY_JAR
fi
class_path+=:$HADOOP_PART

# With its own jar in opt, and not in lib of the whole cluster, the client ships it with its jobs.
client_jar_arguments=()
if ! has_jar "$FLINK_LIB_DIR" flink-sql-client; then
    if ! has_jar "$FLINK_OPT_DIR" flink-sql-client; then
        echo "[ERROR] There is no flink-sql-client-*.jar in '$FLINK_OPT_DIR' or '$FLINK_LIB_DIR'." >&2
        exit 1
    fi
    client_jar=${FOUND_JARS[0]}
    class_path+=:$client_jar
    # The client cannot open a jar with a space in its path, escaped or not. Queries run without it.
    [[ $client_jar == *' '* ]] || client_jar_arguments=(--jar "$client_jar")
fi
find_java_options FLINK_ENV_JAVA_OPTS FLINK_ENV_JAVA_OPTS_CLI JVM_ARGS

exec "$JAVA_RUN" "${OPTIONS[@]}" "${LOG_OPTIONS[@]}" -classpath "$class_path" \
    org.apache.flink.table.client.SqlClient "$@" "${client_jar_arguments[@]}"
