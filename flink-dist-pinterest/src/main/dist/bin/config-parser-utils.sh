#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Rewrites config.yaml with changes from the command line. Container images use it.

if (($# < 3)); then
    cat << USAGE
Usage: config-parser-utils.sh CONF_DIR BIN_DIR LIB_DIR [options]
Options, applied in this order:
  -D key=value           set a key
  -repKV key,old,new     replace the value of a key if it is old
  -rmKV key=value        remove a key if it has this value
  -rmKey key             remove a key
CONF_DIR/config.yaml is overwritten; comments are lost.
USAGE
    exit 1
fi

conf_dir=$1 bin_dir=$2 lib_dir=$3
shift 3

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/bash-java-utils.sh"

find_java "$conf_dir"
run_bash_java_utils "$bin_dir" "$lib_dir" UPDATE_AND_GET_FLINK_CONFIGURATION "$conf_dir" "$@" || exit 1
write_configuration "$conf_dir"
