#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops the SQL gateway.

usage() {
    cat << USAGE
Usage: sql-gateway.sh [start|start-foreground|stop|stop-all] [arguments]
  start               run it in the background; the default
  start-foreground    run it as this process
  stop                stop the one started last
  stop-all            stop all on this host
  -h, --help          show this; after start or start-foreground: show the arguments
Arguments: -Dkey=value ...
USAGE
}

verb=start
if [[ $# -gt 0 && $1 != -D* ]]; then
    verb=$1
    shift
fi
case $verb in
    start | start-foreground | stop | stop-all) ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        usage
        exit 1
        ;;
esac

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

if [[ $verb == start* ]]; then
    use_java_options FLINK_ENV_JAVA_OPTS_SQL_GATEWAY
    for argument; do
        if [[ $argument == -h || $argument == --help ]]; then
            find_service_command sql-gateway help log4j-cli.properties logback.xml
            exec "${JAVA_COMMAND[@]}" "$@"
        fi
    done
fi

run_service "$verb" sql-gateway "$@"
