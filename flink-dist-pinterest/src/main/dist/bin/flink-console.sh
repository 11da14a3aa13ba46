#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a service in the foreground: this process becomes the JVM, so that signals and the exit code
# are the JVM's own. Containers and process managers use it.

service=$1
shift

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

if ! find_main_class "$service"; then
    cat << USAGE
Unknown service '$service'.
Usage: flink-console.sh SERVICE [arguments]
Services: standalonesession, standalonejob, taskexecutor, historyserver, zookeeper, sql-gateway,
  kubernetes-session, kubernetes-application, kubernetes-taskmanager
USAGE
    exit 1
fi

# The pid file is only needed to number the log files: continue if it cannot be written.
lock_pid_dir
find_pid_file "$service"
count_pids
if ((LIVE_PID_COUNT == 0 && PID_COUNT > 0)); then
    rm -f "$PID_FILE" 2> /dev/null
    PID_COUNT=0
fi
options=()
if [[ $STD_REDIRECT_TO_FILE == true ]]; then
    # The console appender would write the content of the log file to the .out file as well.
    options=(-Dconsole.log.level=OFF)
fi
find_service_command "$service" "$PID_COUNT" log4j-console.properties logback-console.xml "${options[@]}"
{ echo $$ >> "$PID_FILE"; } 2> /dev/null
exec 200<&-

echo "Starting $service as a console application on host $HOSTNAME."

if [[ $STD_REDIRECT_TO_FILE == true ]]; then
    exec > "$FLINK_LOG_PREFIX.out" 2> "$FLINK_LOG_PREFIX.err"
fi
exec "${JAVA_COMMAND[@]}" "$@"
