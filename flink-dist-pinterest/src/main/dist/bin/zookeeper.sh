#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts and stops a ZooKeeper server with the configuration conf/zoo.cfg.

verb=$1
peer_id=$2
case $verb:$peer_id in
    start:?* | start-foreground:?* | stop:* | stop-all:*) ;;
    *)
        echo "Usage: zookeeper.sh (start|start-foreground) PEER_ID | stop | stop-all"
        exit 1
        ;;
esac

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

find_zoo_cfg
arguments=()
if [[ $verb == start* ]]; then
    if [[ ! $ZK_HEAP =~ ^[0-9]+$ ]]; then
        echo "[ERROR] zookeeper.heap.mb (or ZK_HEAP) must be a number of megabytes, not '$ZK_HEAP'." >&2
        exit 1
    fi
    if ((10#$ZK_HEAP > 0)); then
        JVM_ARGS+=" -Xms${ZK_HEAP}m -Xmx${ZK_HEAP}m"
    fi
    # ZooKeeper would look for log4j 1, which does not exist here.
    export JVM_ARGS+=" -Dzookeeper.jmx.log4j.disable=true"
    arguments=(--zkConfigFile "$ZOO_CFG" --peerId "$peer_id")
fi

run_service "$verb" zookeeper "${arguments[@]}"
