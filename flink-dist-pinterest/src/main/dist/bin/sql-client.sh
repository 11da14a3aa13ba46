#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The SQL client, interactive or for scripts. Only the option --fail-on-error is specific to this
# distribution.

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

# If its jar is in opt, and not in lib of the whole cluster, the client ships it with its jobs.
client_jar_arguments=()
if ! has_jar "$FLINK_LIB_DIR" flink-sql-client; then
    if ! has_jar "$FLINK_OPT_DIR" flink-sql-client; then
        echo "[ERROR] There is no flink-sql-client-*.jar in '$FLINK_OPT_DIR' or '$FLINK_LIB_DIR'." >&2
        exit 1
    fi
    client_jar=${FOUND_JARS[0]}
    class_path+=:$client_jar
    client_jar_arguments=(--jar "$client_jar")
fi
find_java_options FLINK_ENV_JAVA_OPTS FLINK_ENV_JAVA_OPTS_CLI JVM_ARGS

main_class=org.apache.flink.table.client.SqlClient
show_help=false
for argument in "$@" "${client_jar_arguments[@]}"; do
    case $argument in
        # Upstream's client has no such option, and opens only files with paths that are URIs without escapes.
        --fail-on-error | -l | --library | --library=* | *[!A-Za-z0-9_.~/:@!\$\&\'\(\)*+,\;=-]*)
            main_class=com.pinterest.flink.table.client.SqlClientLauncher
            ;;
        -h | --help) show_help=true ;;
    esac
done
if [[ ${1:-} == gateway && $main_class == *Launcher ]]; then
    # The remote gateway has its own jar. Upstream's client ignores the jar in this mode.
    client_jar_arguments=()
fi
java_command=("$JAVA_RUN" "${OPTIONS[@]}" "${LOG_OPTIONS[@]}" -classpath "$class_path")

if [[ $show_help == true ]]; then
    "${java_command[@]}" org.apache.flink.table.client.SqlClient "$@" || exit
    cat << USAGE
In both modes, with a script (-f):
     --fail-on-error   Exit with 1 if a statement of the script, or of the file of -i, is wrong or
                       fails, or if the script ends in the middle of one. Without it the client exits
                       with 0 then. A job counts only if the client waits for it: SET
                       'table.dml-sync' = 'true'.

USAGE
    exit
fi

exec "${java_command[@]}" "$main_class" "$@" "${client_jar_arguments[@]}"
