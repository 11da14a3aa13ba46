#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops the JobManager of a session cluster.

verb=$1
case $verb in
    start | start-foreground | stop | stop-all) shift ;;
    *)
        echo "Usage: jobmanager.sh (start|start-foreground) [-D key=value ...] | stop | stop-all"
        exit 1
        ;;
esac

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

arguments=()
if [[ $verb == start* ]]; then
    # The old form "start HOST [WEB_PORT]".
    for key in jobmanager.rpc.address rest.port; do
        [[ -n $1 && $1 != -* ]] || break
        arguments+=(-D "$key=$1")
        shift
    done
    arguments+=("$@")
    use_java_options FLINK_ENV_JAVA_OPTS_JM
    add_resource_options GET_JM_RESOURCE_PARAMS "${arguments[@]}"
    arguments=("${DYNAMIC_OPTIONS[@]}" --configDir "$FLINK_CONF_DIR" "${arguments[@]}")
fi

run_service "$verb" standalonesession "${arguments[@]}"
