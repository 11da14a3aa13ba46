#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by other scripts: exports FLINK_HOME. If pip has installed these scripts in the bin directory
# of a Python installation, a program next to them finds the rest.

find_flink_home() {
    local bin
    bin=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
    if [[ ! -f $bin/find_flink_home.py ]]; then
        FLINK_HOME=$(dirname "$bin")
    elif ! FLINK_HOME=$("${PYFLINK_PYTHON:-python}" "$bin/find_flink_home.py"); then
        echo "[ERROR] '$bin/find_flink_home.py' cannot find Flink; see the lines above." >&2
        return 1
    fi
    export FLINK_HOME
}

find_flink_home
