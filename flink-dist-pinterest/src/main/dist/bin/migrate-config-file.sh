#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Writes config.yaml from a flink-conf.yaml of Flink 1.x, both in the configuration directory.

if (($# > 0)); then
    cat << USAGE
Usage: migrate-config-file.sh
Reads flink-conf.yaml in FLINK_CONF_DIR, by default conf, and writes config.yaml beside it.
A config.yaml that is there already is overwritten; comments are lost.
USAGE
    exit 1
fi

bin_dir=$(dirname "$(readlink -f "$0")")
flink_home=$(dirname "$bin_dir")
conf_dir=${FLINK_CONF_DIR:-$flink_home/conf}

# shellcheck source=/dev/null
. "$bin_dir/bash-java-utils.sh"

if [[ ! -f $conf_dir/flink-conf.yaml ]]; then
    echo "[ERROR] There is no '$conf_dir/flink-conf.yaml' to migrate. Copy it there, or set FLINK_CONF_DIR." >&2
    exit 1
fi

find_java "$conf_dir" flink-conf.yaml
echo "Migrating '$conf_dir/flink-conf.yaml' to '$conf_dir/config.yaml'."
run_bash_java_utils "$bin_dir" "${FLINK_LIB_DIR:-$flink_home/lib}" \
    MIGRATE_LEGACY_FLINK_CONFIGURATION_TO_STANDARD_YAML "$conf_dir" || exit 1
# Prints the lines that could not be parsed.
printf '%s\n' "$BASH_JAVA_UTILS_LOG"
write_configuration "$conf_dir"
echo "Wrote '$conf_dir/config.yaml'. Flink does not read '$conf_dir/flink-conf.yaml' any more."
