#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Starts a session cluster on YARN.

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/config.sh"

find_flink_dist_jar "$FLINK_LIB_DIR" || exit 1
run_session_client yarn-session org.apache.flink.yarn.cli.FlinkYarnSessionCli \
    -j "$FLINK_DIST_JAR" "$@"
exit_code=$?

# Printed only now, because the jars of Hadoop can also be in lib.
if ((exit_code != 0)) && [[ -z $HADOOP_CLASSPATH ]]; then
    echo "[WARN] HADOOP_CLASSPATH is not set. If a class of Hadoop is missing above, set it: export HADOOP_CLASSPATH=\$(hadoop classpath)" >&2
fi
exit "$exit_code"
