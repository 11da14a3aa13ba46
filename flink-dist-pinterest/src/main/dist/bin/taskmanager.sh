#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops TaskManagers on this host.

verb=$1
case $verb in
    start | start-foreground | stop | stop-all) shift ;;
    *)
        echo "Usage: taskmanager.sh (start|start-foreground) [-D key=value ...] | stop | stop-all"
        exit 1
        ;;
esac

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

arguments=()
if [[ $verb == start* ]]; then
    use_java_options FLINK_ENV_JAVA_OPTS_TM
    add_resource_options GET_TM_RESOURCE_PARAMS "$@"
    arguments=(--configDir "$FLINK_CONF_DIR" "${DYNAMIC_OPTIONS[@]}" "$@")
fi

if [[ $verb == start-foreground || $FLINK_TM_COMPUTE_NUMA != true ]]; then
    run_service "$verb" taskexecutor "${arguments[@]}"
    exit
fi

# One TaskManager per NUMA node, bound to its memory and processors.
hand_over_settings
split_options "$(numactl --show | sed -n 's/^nodebind: *//p')"
for node in "${OPTIONS[@]}"; do
    numactl --membind="$node" --cpunodebind="$node" -- \
        "$FLINK_BIN_DIR/flink-daemon.sh" "$verb" taskexecutor "${arguments[@]}"
done
