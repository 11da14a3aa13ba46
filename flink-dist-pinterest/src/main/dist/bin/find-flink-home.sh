#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# To be sourced: exports FLINK_HOME. Where pip has put these scripts into the bin directory of a
# Python installation, a program beside them knows where the rest is.

find_flink_home() {
    local bin
    bin=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
    if [[ ! -f $bin/find_flink_home.py ]]; then
        FLINK_HOME=$(dirname "$bin")
    elif ! FLINK_HOME=$("${PYFLINK_PYTHON:-python}" "$bin/find_flink_home.py"); then
        echo "[ERROR] '$bin/find_flink_home.py' does not find Flink, see the lines above." >&2
        return 1
    fi
    export FLINK_HOME
}

find_flink_home
