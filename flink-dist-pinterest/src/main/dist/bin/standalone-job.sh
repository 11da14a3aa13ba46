#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops the JobManager of a cluster that runs one application.

verb=$1
case $verb in
    start | start-foreground | stop) shift ;;
    *)
        echo "Usage: standalone-job.sh (start|start-foreground) [options] [job arguments] | stop"
        exit 1
        ;;
esac

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

arguments=()
if [[ $verb == start* ]]; then
    use_java_options FLINK_ENV_JAVA_OPTS_JM
    add_resource_options GET_JM_RESOURCE_PARAMS "$@"
    arguments=(--configDir "$FLINK_CONF_DIR" "${DYNAMIC_OPTIONS[@]}" "$@")
fi

run_service "$verb" standalonejob "${arguments[@]}"
