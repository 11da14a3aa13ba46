#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Stops the servers that start-zookeeper-quorum.sh has started.

# shellcheck disable=SC2034 # for config.sh
verb=stop

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

read_quorum
for host in "${QUORUM[@]}"; do
    on_host "$host" zookeeper.sh stop
done
