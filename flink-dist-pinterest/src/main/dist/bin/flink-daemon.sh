#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts a service in the background and stops it again.

usage() {
    cat << USAGE
Usage: flink-daemon.sh (start|stop|stop-all) SERVICE [arguments]
Services: standalonesession, standalonejob, taskexecutor, historyserver, zookeeper, sql-gateway
USAGE
    exit 1
}

verb=$1
service=$2
shift 2 2> /dev/null

case $verb in
    start | stop | stop-all) ;;
    *)
        echo "Unknown command '$verb'."
        usage
        ;;
esac

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

# On Kubernetes everything runs in the foreground of a container.
if [[ $service == kubernetes-* ]] || ! find_main_class "$service"; then
    echo "Unknown service '$service'."
    usage
fi

stop_timeout_seconds=10

start() {
    local pid
    if ((LIVE_PID_COUNT > 0)); then
        echo "[INFO] $LIVE_PID_COUNT $service already running on $HOSTNAME."
    fi
    find_service_command "$service" "$PID_COUNT" log4j.properties logback.xml
    if ! { : > "$FLINK_LOG_PREFIX.out"; } 2> /dev/null; then
        echo "[ERROR] Cannot write '$FLINK_LOG_PREFIX.out'. Create the log directory, or set env.log.dir or FLINK_LOG_DIR." >&2
        exit 1
    fi
    echo "Starting $service daemon on host $HOSTNAME."
    # Releases the lock, which the JVM would otherwise hold as long as it runs.
    "${JAVA_COMMAND[@]}" "$@" > "$FLINK_LOG_PREFIX.out" 2>&1 < /dev/null 200<&- &
    pid=$!
    if ! is_alive "$pid"; then
        echo "Error starting $service daemon, see '$FLINK_LOG_PREFIX.out'."
        exit 1
    fi
    if ! echo "$pid" >> "$PID_FILE"; then
        echo "[ERROR] Cannot write '$PID_FILE': process $pid is running, but stop will not find it." >&2
        exit 1
    fi
}

# stop_process PID
stop_process() {
    local deadline=$((SECONDS + stop_timeout_seconds))
    echo "Stopping $service daemon (pid: $1) on host $HOSTNAME."
    kill "$1"
    while is_alive "$1"; do
        if ((SECONDS >= deadline)); then
            echo "$service (pid: $1) did not stop within $stop_timeout_seconds seconds; killing it."
            kill -9 "$1"
            return
        fi
        sleep 0.1
    done
}

stop() {
    local pid='' remaining
    [[ ! -f $PID_FILE ]] || pid=$(tail -n 1 "$PID_FILE")
    if is_alive "$pid"; then
        stop_process "$pid"
    else
        echo "No $service daemon${pid:+ (pid: $pid)} to stop on host $HOSTNAME."
    fi
    if ((PID_COUNT > 1)); then
        remaining=$(head -n $((PID_COUNT - 1)) "$PID_FILE")
        echo "$remaining" > "$PID_FILE"
    else
        rm -f "$PID_FILE"
    fi
}

stop_all() {
    local pid
    [[ -f $PID_FILE ]] || return 0
    while read -r pid <&3 || [[ -n $pid ]]; do
        if is_alive "$pid"; then
            stop_process "$pid"
        else
            echo "Skipping $service daemon (pid: $pid): it is no longer running on host $HOSTNAME."
        fi
    done 3< "$PID_FILE"
    rm -f "$PID_FILE"
}

if ! lock_pid_dir; then
    echo "[ERROR] Cannot create or read the directory '$FLINK_PID_DIR'. Set env.pid.dir or FLINK_PID_DIR to another directory." >&2
    exit 1
fi
find_pid_file "$service"
count_pids

case $verb in
    start) start "$@" ;;
    stop) stop ;;
    stop-all) stop_all ;;
esac
