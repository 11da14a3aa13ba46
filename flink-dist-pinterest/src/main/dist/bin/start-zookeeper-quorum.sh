#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts a ZooKeeper server, over ssh, on each host that conf/zoo.cfg names.

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

read_quorum
for peer in "${!QUORUM[@]}"; do
    on_host "${QUORUM[peer]}" zookeeper.sh start "${QUORUM_IDS[peer]}"
done
