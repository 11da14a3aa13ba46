#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Stops the processes that start-cluster.sh has started, the TaskManagers first.

# shellcheck disable=SC2034 # for config.sh
verb=stop

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

read_cluster
hand_over_settings

on_workers stop
if uses_zookeeper; then
    on_masters stop
else
    "$FLINK_BIN_DIR/jobmanager.sh" stop
fi
