#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops the history server. Its memory is set with env.java.opts.historyserver.

verb=$1
case $verb in
    start | start-foreground | stop | stop-all) shift ;;
    *)
        echo "Usage: historyserver.sh (start|start-foreground|stop|stop-all)"
        exit 1
        ;;
esac

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

arguments=()
if [[ $verb == start* ]]; then
    use_java_options FLINK_ENV_JAVA_OPTS_HS
    arguments=(--configDir "$FLINK_CONF_DIR" "$@")
fi

run_service "$verb" historyserver "${arguments[@]}"
