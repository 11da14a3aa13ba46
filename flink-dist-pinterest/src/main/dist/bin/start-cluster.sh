#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts a session cluster: a JobManager here, or with ZooKeeper one for each line of conf/masters,
# and a TaskManager for each line of conf/workers.

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

read_cluster
hand_over_settings

if uses_zookeeper; then
    echo "Starting a cluster with high availability by ZooKeeper and ${#MASTERS[@]} masters."
    on_masters start
else
    echo "Starting a cluster."
    "$FLINK_BIN_DIR/jobmanager.sh" start
fi
on_workers start
