#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs a TaskManager in its pod on Kubernetes. The JobManager has computed its memory sizes: the JVM
# flags are in FLINK_TM_JVM_MEM_OPTS, the rest are arguments.

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

use_java_options FLINK_ENV_JAVA_OPTS_TM
export JVM_ARGS+=" $FLINK_TM_JVM_MEM_OPTS"
run_service start-foreground kubernetes-taskmanager --configDir "$FLINK_CONF_DIR" "$@"
