#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the JobManager in its pod on Kubernetes.

service=$1
case $service in
    kubernetes-session | kubernetes-application) shift ;;
    *)
        echo "Usage: kubernetes-jobmanager.sh (kubernetes-session|kubernetes-application) [-D key=value ...]"
        exit 1
        ;;
esac

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

use_java_options FLINK_ENV_JAVA_OPTS_JM
add_resource_options GET_JM_RESOURCE_PARAMS "$@"
# The program finds its configuration through FLINK_CONF_DIR.
run_service start-foreground "$service" "${DYNAMIC_OPTIONS[@]}" "$@"
