#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts a session cluster on Kubernetes.

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

run_session_client k8s-session org.apache.flink.kubernetes.cli.KubernetesSessionCli "$@"
