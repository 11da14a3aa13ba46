#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs the driver of the job service: a process with the class path, the plugins and the configuration
# of this distribution, which gives the service Flink's file systems, and YARN. The service starts it
# when it needs one, and it ends with the service.

# shellcheck source=/dev/null
. "$(dirname "$(dirname "$(readlink -f "$0")")")/bin/config.sh" >&2

find_log_options "$FLINK_LOG_BASE-job-driver-$HOSTNAME.log" log4j-cli.properties logback.xml
find_lib_class_path
exec "$JAVA_RUN" -Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "${LOG_OPTIONS[@]}" \
    -classpath "$FLINK_HOME/job-service/driver/*:$LIB_CLASS_PATH:$HADOOP_PART" \
    com.pinterest.flink.jobs.driver.JobDriver "$FLINK_CONF_DIR"
