#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops the job service of this distribution. It keeps everything that it needs in one
# directory, FLINK_JOB_SERVICE_DATA, by default ~/.flink-job-service. FLINK_JOB_SERVICE_OPTS are more
# Java options.

usage() {
    echo "Usage: flink-job-service.sh (start|start-foreground|stop|status) [--port PORT] [--host HOST]"
    echo "                            [--data DIRECTORY] [--settle SECONDS]"
    echo "                            [--artifact-hosts HOST[:PORT],...]"
    echo "       flink-job-service.sh (backup|restore) FILE [--data DIRECTORY]"
    exit 2
}

verb=${1:-}
case $verb in
    start | start-foreground | stop | status) shift ;;
    backup | restore)
        shift
        file=${1:-}
        [[ -n $file && $file != -* ]] || usage
        shift
        ;;
    *) usage ;;
esac

FLINK_HOME=$(dirname "$(dirname "$(readlink -f "$0")")")
# The service uses its file systems.
export FLINK_HOME
data=${FLINK_JOB_SERVICE_DATA:-$HOME/.flink-job-service}
arguments=()
while (($# > 0)); do
    case $1 in
        --data)
            data=${2:-}
            [[ -n $data ]] || usage
            shift
            ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

# Prints the process id of the running service, or nothing.
running() {
    local pid
    pid=$(cat "$data/pid" 2> /dev/null) || return 0
    # A process of this id can be another one by now.
    if [[ -n $pid ]] && tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null |
        grep -q com.pinterest.flink.jobs.server.Main; then
        echo "$pid"
    fi
}

find_command() {
    # shellcheck source=/dev/null
    . "$FLINK_HOME/bin/bash-java-utils.sh"
    find_java "${FLINK_CONF_DIR:-$FLINK_HOME/conf}"
    local options
    read -r -d '' -a options <<< "${FLINK_JOB_SERVICE_OPTS:-}"
    command=("$JAVA_RUN" -Xms32m -Xmx160m -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1
        -XX:ReservedCodeCacheSize=48m -XX:+ExitOnOutOfMemoryError
        "-Djava.util.logging.config.file=$FLINK_HOME/job-service/logging.properties"
        "${options[@]}" -cp "$FLINK_HOME/job-service/*" com.pinterest.flink.jobs.server.Main
        --data "$data" "${arguments[@]}")
}

case $verb in
    start-foreground)
        mkdir -p "$data" || exit 1
        find_command
        echo $$ > "$data/pid"
        exec "${command[@]}"
        ;;
    start)
        pid=$(running)
        if [[ -n $pid ]]; then
            echo "The job service is running already (pid: $pid)."
            exit 1
        fi
        mkdir -p "$data" || exit 1
        find_command
        rm -f "$data/address"
        log=$data/service.log
        "${command[@]}" >> "$log" 2>&1 < /dev/null &
        pid=$!
        echo "$pid" > "$data/pid"
        while [[ ! -s $data/address ]]; do
            if [[ -z $(running) ]]; then
                # It may not have become Java yet.
                kill -0 "$pid" 2> /dev/null || {
                    tail -n 5 "$log" >&2
                    echo "The job service did not start; see $log" >&2
                    exit 1
                }
            fi
            sleep 0.1
        done
        echo "The job service is at $(cat "$data/address") (pid: $pid)."
        [[ ! -f $data/admin.token ]] || echo "The administrator's token is in $data/admin.token"
        ;;
    backup | restore)
        arguments+=("--$verb" "$file")
        find_command
        "${command[@]}"
        exit
        ;;
    stop)
        pid=$(running)
        if [[ -z $pid ]]; then
            echo "No job service is running in $data."
            exit 0
        fi
        echo "Stopping the job service (pid: $pid). The jobs run on."
        kill "$pid"
        while [[ -n $(running) ]]; do
            sleep 0.1
        done
        rm -f "$data/pid" "$data/address"
        ;;
    status)
        pid=$(running)
        if [[ -z $pid ]]; then
            echo "No job service is running in $data."
            exit 3
        fi
        echo "The job service is at $(cat "$data/address" 2> /dev/null || echo "(starting)") (pid: $pid)."
        ;;
esac
