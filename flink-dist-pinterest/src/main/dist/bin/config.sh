#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the other scripts: directories, the configuration, and the functions that build a Java
# command line. A script that can stop something sets the variable verb to its command, such as
# stop-all.

# shellcheck disable=SC2034 # the results are for the scripts that source this file

# ---------------------------------------------------------------------------
# Directories
# ---------------------------------------------------------------------------

# pyflink sets _FLINK_HOME_DETERMINED when it has found FLINK_HOME itself.
if [[ -z $_FLINK_HOME_DETERMINED ]]; then
    FLINK_HOME=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
fi

export FLINK_BIN_DIR=$FLINK_HOME/bin
export FLINK_LIB_DIR=${FLINK_LIB_DIR:-$FLINK_HOME/lib}
export FLINK_OPT_DIR=${FLINK_OPT_DIR:-$FLINK_HOME/opt}
export FLINK_PLUGINS_DIR=${FLINK_PLUGINS_DIR:-$FLINK_HOME/plugins}
export FLINK_CONF_DIR=${FLINK_CONF_DIR:-$FLINK_HOME/conf}

# shellcheck source=/dev/null
. "$FLINK_BIN_DIR/bash-java-utils.sh"

# ---------------------------------------------------------------------------
# Reading the configuration
# ---------------------------------------------------------------------------

CONFIG_READ=false
CONFIG_KEYS=()
CONFIG_VALUES=()

# Sets CONFIG_KEYS and CONFIG_VALUES. On failure, they stay empty and the defaults apply, so that
# a process can still be stopped; a start fails later, when it computes memory sizes.
load_configuration() {
    local line value i block=false
    [[ -n $JAVA_RUN ]] || return
    run_bash_java_utils "$FLINK_BIN_DIR" "$FLINK_LIB_DIR" \
        UPDATE_AND_GET_FLINK_CONFIGURATION "$FLINK_CONF_DIR" -flatten || return
    CONFIG_READ=true
    # All lines, not only result lines, because lines that continue a value have no prefix.
    while IFS= read -r line; do
        if [[ $line == "$BASH_JAVA_UTILS_PREFIX"*:* ]]; then
            line=${line#"$BASH_JAVA_UTILS_PREFIX"}
            value=${line#*:}
            value=${value# }
            block=false
            case $value in
                [\|\>]*)
                    block=true
                    value=
                    ;;
                \'*\')
                    value=${value:1:${#value}-2}
                    value=${value//\'\'/\'}
                    ;;
                \"*\")
                    value=${value:1:${#value}-2}
                    value=${value//\\\"/\"}
                    # Tabs, backslashes and the like.
                    printf -v value %b "$value"
                    ;;
            esac
            CONFIG_KEYS+=("${line%%:*}")
            CONFIG_VALUES+=("$value")
        elif [[ $block == true && $line == '  '* ]]; then
            i=$((${#CONFIG_VALUES[@]} - 1))
            CONFIG_VALUES[i]+=${CONFIG_VALUES[i]:+$'\n'}${line#  }
        fi
    done <<< "$BASH_JAVA_UTILS_OUTPUT"
}

# config_value KEY: sets CONFIG_VALUE, empty if KEY is not configured.
config_value() {
    local i
    CONFIG_VALUE=
    for ((i = ${#CONFIG_KEYS[@]} - 1; i >= 0; i--)); do
        if [[ ${CONFIG_KEYS[i]} == "$1" ]]; then
            CONFIG_VALUE=${CONFIG_VALUES[i]}
            return
        fi
    done
    # Otherwise a stop would look for pid files in another place than the start.
    if [[ $CONFIG_READ == false ]] && only_stops; then
        CONFIG_VALUE=$(configured_value "$FLINK_CONF_DIR/config.yaml" "$1")
    fi
}

# setting VARIABLE DEFAULT KEY...: keeps the value of VARIABLE from the environment; if it is empty, sets
# it to the value of the first KEY that has one, or to DEFAULT.
setting() {
    local variable=$1 default=$2 key
    shift 2
    [[ -z ${!variable} ]] || return 0
    for key; do
        config_value "$key"
        if [[ -n $CONFIG_VALUE ]]; then
            printf -v "$variable" %s "$CONFIG_VALUE"
            return
        fi
    done
    printf -v "$variable" %s "$default"
}

# java_opts_setting VARIABLE KEY...: keeps the value of VARIABLE from the environment; if it is empty,
# sets it to the values of the keys, one after the other.
java_opts_setting() {
    local variable=$1 key options=''
    shift
    if [[ -n ${!variable} ]]; then
        check_java_options "$variable" "$variable" "${!variable}"
        return
    fi
    for key; do
        config_value "$key"
        # Each value on its own: a quote must not end in the value of the next key.
        check_java_options "$variable" "$key" "$CONFIG_VALUE"
        options+=${options:+${CONFIG_VALUE:+ }}$CONFIG_VALUE
    done
    printf -v "$variable" %s "$options"
}

# Errors in Java options, as VARIABLE:MESSAGE. Only a script that uses the variable fails.
JAVA_OPTIONS_ERRORS=()

# check_java_options VARIABLE NAME VALUE: checks VALUE, a part of VARIABLE. NAME is what users call it.
check_java_options() {
    if ! split_java_options "$3"; then
        JAVA_OPTIONS_ERRORS+=("$1:$2: $OPTIONS_PROBLEM: $3")
    fi
}

# split_java_options STRING: sets OPTIONS to the options in it. All scripts use this rule:
#   - options are separated by blanks, tabs and newlines
#   - '...' is literal; in "..." and outside of quotes, $NAME and ${NAME} are variables
#   - \ escapes the next character; before a letter or a digit it is literal, and in "..." before
#     all characters except " \ $ and `
#   - everything else is literal: no wildcards, no pipes, no commands
# Outside of quotes, the value of a variable is split too, except that of FLINK_LOG_PREFIX. On
# failure, OPTIONS_PROBLEM contains the reason.
split_java_options() {
    # These names must not collide with variables of the user, which are looked up here.
    local _rest=$1 _quoted=no _word='' _plain _next _value
    # shellcheck disable=SC2016 # the dollar is meant
    local _variable='^\$(\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))'
    OPTIONS=()
    while [[ -n $_rest ]]; do
        _plain=${_rest%%[$' \t\n\'"\\$']*}
        _word+=$_plain
        _rest=${_rest:${#_plain}}
        _next=${_rest:1:1}
        case $_quoted:${_rest:0:1} in
            *:) ;;
            no:[$' \t\n'])
                [[ -z $_word ]] || OPTIONS+=("$_word")
                _word=
                _rest=${_rest:1}
                ;;
            no:\')
                _rest=${_rest:1}
                if [[ $_rest != *\'* ]]; then
                    OPTIONS_PROBLEM="a single quote is not closed"
                    return 1
                fi
                _word+=${_rest%%\'*}
                _rest=${_rest#*\'}
                ;;
            no:\")
                _quoted=yes
                _rest=${_rest:1}
                ;;
            yes:\")
                _quoted=no
                _rest=${_rest:1}
                ;;
            *:\\)
                case $_quoted:$_next in
                    *:$'\n') ;;
                    no: | yes: | no:[A-Za-z0-9]) _word+=\\$_next ;;
                    no:* | yes:[\"\\\$\`]) _word+=$_next ;;
                    *) _word+=\\$_next ;;
                esac
                _rest=${_rest:2}
                ;;
            *:\$)
                if ! [[ $_rest =~ $_variable ]]; then
                    _word+=\$
                    _rest=${_rest:1}
                    continue
                fi
                _rest=${_rest:${#BASH_REMATCH[0]}}
                _next=${BASH_REMATCH[2]}${BASH_REMATCH[3]}
                _value=${!_next}
                if [[ $_quoted == no && $_next != FLINK_LOG_PREFIX ]]; then
                    while [[ $_value == *[$' \t\n']* ]]; do
                        _word+=${_value%%[$' \t\n']*}
                        _value=${_value#*[$' \t\n']}
                        [[ -z $_word ]] || OPTIONS+=("$_word")
                        _word=
                    done
                fi
                _word+=$_value
                ;;
            *)
                _word+=${_rest:0:1}
                _rest=${_rest:1}
                ;;
        esac
    done
    if [[ $_quoted == yes ]]; then
        OPTIONS_PROBLEM="a double quote is not closed"
        return 1
    fi
    [[ -z $_word ]] || OPTIONS+=("$_word")
}

# find_java_options VARIABLE...: sets OPTIONS to the Java options in these variables.
find_java_options() {
    local variable error options=()
    for variable; do
        for error in "${JAVA_OPTIONS_ERRORS[@]}"; do
            [[ $error != "$variable":* ]] || fail_on_java_options "${error#*:}"
        done
        split_java_options "${!variable}" || fail_on_java_options "$variable: $OPTIONS_PROBLEM: ${!variable}"
        options+=("${OPTIONS[@]}")
    done
    OPTIONS=("${options[@]}")
}

# fail_on_java_options MESSAGE
fail_on_java_options() {
    echo "[ERROR] $1" >&2
    echo "Close it, or put a backslash before a quote that belongs to the value." >&2
    exit 1
}

# Sets JAVA_SPEC_VERSION, such as 17. Every JDK has a release file; reading it saves a JVM.
find_java_spec_version() {
    local home
    home=$(dirname "$(dirname "$(readlink -f "$(command -v "$JAVA_RUN")")")")
    JAVA_SPEC_VERSION=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2> /dev/null)
    if [[ -z $JAVA_SPEC_VERSION ]]; then
        JAVA_SPEC_VERSION=$("$JAVA_RUN" -XshowSettings:properties -version 2>&1 |
            sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p')
    fi
}

read_settings() {
    load_configuration

    setting FLINK_PID_DIR /tmp env.pid.dir
    setting FLINK_LOG_DIR "$FLINK_HOME/log" env.log.dir
    setting MAX_LOG_FILE_NUMBER 10 env.log.max
    setting ROOT_LOG_LEVEL INFO env.log.level
    setting STD_REDIRECT_TO_FILE false env.stdout-err.redirect-to-file
    setting FLINK_SSH_OPTS '' env.ssh.opts
    setting HADOOP_CONF_DIR '' env.hadoop.conf.dir
    setting YARN_CONF_DIR '' env.yarn.conf.dir
    setting HBASE_CONF_DIR '' env.hbase.conf.dir
    setting ZK_HEAP 0 zookeeper.heap.mb
    setting FLINK_TM_COMPUTE_NUMA false taskmanager.compute.numa
    if ! command -v numactl > /dev/null; then
        FLINK_TM_COMPUTE_NUMA=false
    fi
    setting HIGH_AVAILABILITY none high-availability.type high-availability recovery.mode
    if [[ $HIGH_AVAILABILITY == standalone ]]; then
        HIGH_AVAILABILITY=none
    fi

    if [[ -n $FLINK_ENV_JAVA_OPTS ]]; then
        java_opts_setting FLINK_ENV_JAVA_OPTS
    else
        config_value env.java.opts.all
        # The name of 1.x applies only if the new one is not set.
        java_opts_setting FLINK_ENV_JAVA_OPTS env.java.default-opts.all \
            "env.java.opts${CONFIG_VALUE:+.all}"
        # The default options contain modules and flags that not every JVM has.
        FLINK_ENV_JAVA_OPTS="-XX:+IgnoreUnrecognizedVMOptions $FLINK_ENV_JAVA_OPTS"
        [[ -z $JAVA_RUN ]] || find_java_spec_version
        # Hadoop needs a security manager; from 24 on, a JVM does not start with this property.
        if ((JAVA_SPEC_VERSION > 17 && JAVA_SPEC_VERSION < 24)); then
            FLINK_ENV_JAVA_OPTS+=" -Djava.security.manager=allow"
        fi
        # From 24 on, a JVM warns on stderr about each of these uses; later ones will refuse them.
        if ((JAVA_SPEC_VERSION >= 24)); then
            FLINK_ENV_JAVA_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow $FLINK_ENV_JAVA_OPTS"
        fi
    fi
    java_opts_setting FLINK_ENV_JAVA_OPTS_JM env.java.default-opts.jobmanager env.java.opts.jobmanager
    java_opts_setting FLINK_ENV_JAVA_OPTS_TM env.java.default-opts.taskmanager env.java.opts.taskmanager
    java_opts_setting FLINK_ENV_JAVA_OPTS_HS env.java.opts.historyserver
    java_opts_setting FLINK_ENV_JAVA_OPTS_CLI env.java.opts.client
    java_opts_setting FLINK_ENV_JAVA_OPTS_SQL_GATEWAY env.java.opts.sql-gateway
}

find_hadoop() {
    local dir
    if [[ -z $HADOOP_CONF_DIR && -n $HADOOP_HOME ]]; then
        for dir in "$HADOOP_HOME/conf" "$HADOOP_HOME/etc/hadoop"; do
            [[ ! -d $dir ]] || HADOOP_CONF_DIR=$dir
        done
    fi
    if [[ -z $HADOOP_CONF_DIR && -z $HADOOP_CLASSPATH && -d /etc/hadoop/conf ]]; then
        echo "Using HADOOP_CONF_DIR=/etc/hadoop/conf, because neither HADOOP_CONF_DIR nor HADOOP_CLASSPATH is set."
        HADOOP_CONF_DIR=/etc/hadoop/conf
    fi
    if [[ -z $HBASE_CONF_DIR && -n $HBASE_HOME && -d $HBASE_HOME/conf ]]; then
        HBASE_CONF_DIR=$HBASE_HOME/conf
    fi
    if [[ -z $HBASE_CONF_DIR && -d /etc/hbase/conf ]]; then
        echo "Using HBASE_CONF_DIR=/etc/hbase/conf, because HBASE_CONF_DIR is not set."
        HBASE_CONF_DIR=/etc/hbase/conf
    fi
}

# Passes the configuration to scripts that this one calls, because reading it again takes a JVM.
# Exporting the variables themselves would change the environment of the Java process, which reads
# HADOOP_CONF_DIR, for example.
# shellcheck disable=SC2153 # these variables are set through setting()
hand_over_settings() {
    _FLINK_SETTINGS=$(declare -p CONFIG_READ FLINK_PID_DIR FLINK_LOG_DIR MAX_LOG_FILE_NUMBER \
        ROOT_LOG_LEVEL STD_REDIRECT_TO_FILE FLINK_SSH_OPTS HADOOP_CONF_DIR YARN_CONF_DIR \
        HBASE_CONF_DIR ZK_HEAP FLINK_TM_COMPUTE_NUMA HIGH_AVAILABILITY FLINK_ENV_JAVA_OPTS \
        FLINK_ENV_JAVA_OPTS_JM FLINK_ENV_JAVA_OPTS_TM FLINK_ENV_JAVA_OPTS_HS \
        FLINK_ENV_JAVA_OPTS_CLI FLINK_ENV_JAVA_OPTS_SQL_GATEWAY JAVA_OPTIONS_ERRORS)
    _FLINK_SETTINGS_FROM=$$
    export _FLINK_SETTINGS _FLINK_SETTINGS_FROM
}

# Settings are accepted only from the caller, or from the script that this one replaced.
if [[ -n $_FLINK_SETTINGS && ($_FLINK_SETTINGS_FROM == "$PPID" || $_FLINK_SETTINGS_FROM == "$$") ]]; then
    eval "$_FLINK_SETTINGS"
else
    find_java "$FLINK_CONF_DIR"
    read_settings
    find_hadoop
fi
unset _FLINK_SETTINGS _FLINK_SETTINGS_FROM

# Read by the logging configuration.
export MAX_LOG_FILE_NUMBER ROOT_LOG_LEVEL

HOSTNAME=${HOSTNAME:-$(hostname 2> /dev/null || uname -n)}
FLINK_IDENT_STRING=${FLINK_IDENT_STRING:-$USER}
FLINK_LOG_BASE=$FLINK_LOG_DIR/flink-$FLINK_IDENT_STRING

# ---------------------------------------------------------------------------
# Class path
# ---------------------------------------------------------------------------

HADOOP_PART=$HADOOP_CLASSPATH:$HADOOP_CONF_DIR:$YARN_CONF_DIR${HBASE_CONF_DIR:+:$HBASE_CONF_DIR}

# Sets LIB_CLASS_PATH: all jars in lib; flink-dist is last, so that other jars can override it.
find_lib_class_path() {
    local jar
    find_flink_dist_jar "$FLINK_LIB_DIR" || exit 1
    find_jars "$FLINK_LIB_DIR" '*.jar'
    LIB_CLASS_PATH=
    for jar in "${FOUND_JARS[@]}"; do
        [[ $jar == "$FLINK_DIST_JAR" ]] || LIB_CLASS_PATH+=$jar:
    done
    LIB_CLASS_PATH+=$FLINK_DIST_JAR
}

# has_jar DIR NAME: succeeds if there is a jar with this name, in any version; sets FOUND_JARS.
has_jar() {
    find_jars "$1" "$2-[0-9]*.jar"
    ((${#FOUND_JARS[@]} > 0))
}

# Sets CONNECTOR_JAR from opt.
find_connector_jar() {
    if ! has_jar "$FLINK_OPT_DIR" flink-connector-tiered-kafka; then
        echo "[ERROR] There is no flink-connector-tiered-kafka-*.jar in '$FLINK_OPT_DIR'." >&2
        exit 2
    fi
    CONNECTOR_JAR=${FOUND_JARS[0]}
}

# run_connector_tool NAME CLASS ARGUMENTS...: runs a class of CONNECTOR_JAR, which logs under this name.
run_connector_tool() {
    find_log_options "$FLINK_LOG_BASE-$1-$HOSTNAME.log" log4j-cli.properties logback.xml
    find_lib_class_path
    find_java_options JVM_ARGS FLINK_ENV_JAVA_OPTS FLINK_ENV_JAVA_OPTS_CLI
    exec "$JAVA_RUN" "${OPTIONS[@]}" "${LOG_OPTIONS[@]}" \
        -classpath "$LIB_CLASS_PATH:$HADOOP_PART:$CONNECTOR_JAR" "${@:2}"
}

# Sets GATEWAY_JAR from opt.
find_gateway_jar() {
    has_jar "$FLINK_OPT_DIR" flink-sql-gateway
    if ((${#FOUND_JARS[@]} != 1)); then
        echo "[ERROR] There must be one flink-sql-gateway-*.jar in '$FLINK_OPT_DIR', not ${#FOUND_JARS[@]}." >&2
        exit 1
    fi
    GATEWAY_JAR=${FOUND_JARS[0]}
}

# Sets PYTHON_JAR from opt; empty, with a warning, if it is not there.
find_python_jar() {
    PYTHON_JAR=
    if has_jar "$FLINK_OPT_DIR" flink-python; then
        PYTHON_JAR=${FOUND_JARS[0]}
    else
        echo "[WARN] There is no flink-python-*.jar in '$FLINK_OPT_DIR'; Python functions will not work." >&2
    fi
}

# ---------------------------------------------------------------------------
# Java command lines
# ---------------------------------------------------------------------------

# find_log_options LOG_FILE LOG4J_FILE LOGBACK_FILE: sets LOG_OPTIONS, and for the Java options
# FLINK_LOG_PREFIX to the path of the log file without its ending.
find_log_options() {
    FLINK_LOG_PREFIX=${1%.log}
    LOG_OPTIONS=(
        "-Dlog.file=$1"
        "-Dlog4j.configuration=file:$FLINK_CONF_DIR/$2"
        "-Dlog4j.configurationFile=file:$FLINK_CONF_DIR/$2"
        "-Dlogback.configurationFile=file:$FLINK_CONF_DIR/$3"
    )
}

# split_options STRING: sets OPTIONS to its words; quotes and wildcards are literal.
split_options() {
    read -r -d '' -a OPTIONS <<< "$1"
}

# add_resource_options COMMAND [arguments]: adds the memory flags to JVM_ARGS and sets
# DYNAMIC_PARAMETERS and the array DYNAMIC_OPTIONS to the configuration that goes with them.
add_resource_options() {
    local command=$1 flags
    shift
    if [[ $CONFIG_READ == false ]]; then
        echo "[ERROR] The configuration cannot be read, so nothing is started." >&2
        exit 1
    fi
    run_bash_java_utils "$FLINK_BIN_DIR" "$FLINK_LIB_DIR" "$command" "$FLINK_CONF_DIR" "$@" || exit 1
    if [[ $BASH_JAVA_UTILS_RESULT != -*$'\n'-* || $BASH_JAVA_UTILS_RESULT == *$'\n'*$'\n'* ]]; then
        printf '%s\n' "$BASH_JAVA_UTILS_OUTPUT" >&2
        echo "[ERROR] $command did not print a line of JVM flags and a line of -D options; see the lines above." >&2
        exit 1
    fi
    flags=${BASH_JAVA_UTILS_RESULT%$'\n'*}
    DYNAMIC_PARAMETERS=${BASH_JAVA_UTILS_RESULT#*$'\n'}
    split_options "$DYNAMIC_PARAMETERS"
    DYNAMIC_OPTIONS=("${OPTIONS[@]}")
    JVM_ARGS="$JVM_ARGS $flags"
    # The process logs this. Linux rejects a variable of more than 128 KiB.
    FLINK_INHERITED_LOGS="$FLINK_INHERITED_LOGS
$command
JVM flags: $flags
Dynamic options: $DYNAMIC_PARAMETERS
${BASH_JAVA_UTILS_LOG:0:60000}
"
    export JVM_ARGS DYNAMIC_PARAMETERS FLINK_INHERITED_LOGS
}

# use_java_options VARIABLE: adds the options of a component to those of the service. Exports them,
# because another program, such as numactl, may run the start script.
use_java_options() {
    find_java_options FLINK_ENV_JAVA_OPTS "$1"
    export FLINK_ENV_JAVA_OPTS+=${!1:+ ${!1}}
}

# run_session_client NAME MAIN_CLASS [arguments]: runs a client that starts a session cluster. It may
# run as long as the cluster, so it gets a small heap.
run_session_client() {
    find_log_options "$FLINK_LOG_BASE-$1-$HOSTNAME.log" log4j-session.properties logback-session.xml
    find_lib_class_path
    JVM_ARGS+=" -Xmx512m"
    find_java_options JVM_ARGS FLINK_ENV_JAVA_OPTS FLINK_ENV_JAVA_OPTS_CLI
    "$JAVA_RUN" "${OPTIONS[@]}" "${LOG_OPTIONS[@]}" -classpath "$LIB_CLASS_PATH:$HADOOP_PART" "${@:2}"
}

# ---------------------------------------------------------------------------
# Services, as flink-daemon.sh and flink-console.sh start them
# ---------------------------------------------------------------------------

# find_main_class SERVICE: sets MAIN_CLASS, or fails.
find_main_class() {
    case $1 in
        standalonesession) MAIN_CLASS=org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint ;;
        standalonejob) MAIN_CLASS=org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint ;;
        taskexecutor) MAIN_CLASS=org.apache.flink.runtime.taskexecutor.TaskManagerRunner ;;
        historyserver) MAIN_CLASS=org.apache.flink.runtime.webmonitor.history.HistoryServer ;;
        zookeeper) MAIN_CLASS=org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer ;;
        sql-gateway) MAIN_CLASS=org.apache.flink.table.gateway.SqlGateway ;;
        kubernetes-session) MAIN_CLASS=org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint ;;
        kubernetes-application) MAIN_CLASS=org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint ;;
        kubernetes-taskmanager) MAIN_CLASS=org.apache.flink.kubernetes.taskmanager.KubernetesTaskExecutorRunner ;;
        *) return 1 ;;
    esac
}

# run_service VERB SERVICE [arguments]: the last step of a component script.
run_service() {
    hand_over_settings
    if [[ $1 == start-foreground ]]; then
        exec "$FLINK_BIN_DIR/flink-console.sh" "${@:2}"
    fi
    "$FLINK_BIN_DIR/flink-daemon.sh" "$@"
}

# find_pid_file SERVICE: sets PID_FILE.
find_pid_file() {
    PID_FILE=$FLINK_PID_DIR/flink-$FLINK_IDENT_STRING-$1.pid
}

# Keeps other scripts away from the pid files until file descriptor 200 is closed.
lock_pid_dir() {
    mkdir -p "$FLINK_PID_DIR" 2> /dev/null
    { exec 200< "$FLINK_PID_DIR"; } 2> /dev/null || return 1
    if command -v flock > /dev/null; then
        flock 200
    fi
}

# is_alive PID. Zombies do not count: a container without an init process keeps them.
is_alive() {
    local stat
    [[ $1 =~ ^[1-9][0-9]*$ ]] || return 1
    kill -0 "$1" 2> /dev/null || return 1
    [[ -d /proc/self ]] || return 0
    { read -r stat < "/proc/$1/stat"; } 2> /dev/null || return 1
    [[ ${stat##*) } != Z* ]]
}

# count_pids: sets PID_COUNT to the lines of PID_FILE and LIVE_PID_COUNT to those of live processes.
count_pids() {
    local pid
    PID_COUNT=0
    LIVE_PID_COUNT=0
    [[ -f $PID_FILE ]] || return 0
    while read -r pid || [[ -n $pid ]]; do
        PID_COUNT=$((PID_COUNT + 1))
        if is_alive "$pid"; then
            LIVE_PID_COUNT=$((LIVE_PID_COUNT + 1))
        fi
    done < "$PID_FILE"
}

# find_service_command SERVICE INDEX LOG4J_FILE LOGBACK_FILE [Java options]: sets FLINK_LOG_PREFIX,
# and JAVA_COMMAND to all of the command line but the arguments of the program.
find_service_command() {
    local service=$1 opt_part=''
    find_log_options "$FLINK_LOG_BASE-$service-$2-$HOSTNAME.log" "$3" "$4"
    find_lib_class_path
    if [[ $service == sql-gateway ]]; then
        find_gateway_jar
        find_python_jar
        opt_part=$GATEWAY_JAR:$PYTHON_JAR
    fi
    find_main_class "$service"
    find_java_options JVM_ARGS FLINK_ENV_JAVA_OPTS
    JAVA_COMMAND=("$JAVA_RUN" "${OPTIONS[@]}" "${LOG_OPTIONS[@]}" "${@:5}"
        -classpath "$LIB_CLASS_PATH:$opt_part:$HADOOP_PART" "$MAIN_CLASS")
}

# ---------------------------------------------------------------------------
# Clusters, as start-cluster.sh and stop-cluster.sh handle them
# ---------------------------------------------------------------------------

# read_hosts NAME: sets HOSTS to the entries of conf/NAME, without comments and rack names, and
# ALL_LOCAL to whether all hosts are local.
read_hosts() {
    local file=$FLINK_CONF_DIR/$1 host
    HOSTS=()
    ALL_LOCAL=true
    if [[ ! -f $file ]]; then
        echo "The file '$file' is missing: it lists the hosts of the cluster, one per line."
        exit 1
    fi
    while read -r host _ || [[ -n $host ]]; do
        host=${host%%#*}
        host=${host%$'\r'}
        host=${host##*/}
        [[ -n $host ]] || continue
        HOSTS+=("$host")
        case ${host%%:*} in
            localhost | 127.0.0.1) ;;
            *) ALL_LOCAL=false ;;
        esac
    done < "$file"
}

uses_zookeeper() {
    [[ $(tr '[:upper:]' '[:lower:]' <<< "$HIGH_AVAILABILITY") == zookeeper ]]
}

# on_host HOST SCRIPT [arguments]: runs a script of bin on a host over ssh.
on_host() {
    local host=$1
    find_remote_command "${@:2}"
    split_options "$FLINK_SSH_OPTS"
    ssh -n "${OPTIONS[@]}" "$host" "$REMOTE_COMMAND &"
}

# find_remote_command SCRIPT [arguments]: sets REMOTE_COMMAND. The login shell gives the script the
# environment that it would have on that host.
find_remote_command() {
    REMOTE_COMMAND="nohup /bin/bash -l \"$FLINK_BIN_DIR/$1\" ${*:2}"
}

# on_masters VERB: starts or stops the JobManagers in MASTERS.
on_masters() {
    local verb=$1 master port arguments
    for master in "${MASTERS[@]}"; do
        port=0
        [[ $master != *:* ]] || port=${master#*:}
        master=${master%%:*}
        arguments=()
        if [[ $verb == start ]]; then
            arguments=(-D "jobmanager.rpc.address=$master" -D "rest.port=${port:-0}")
        fi
        if [[ $MASTERS_LOCAL == true ]]; then
            "$FLINK_BIN_DIR/jobmanager.sh" "$verb" "${arguments[@]}"
        else
            on_host "$master" jobmanager.sh "$verb" "${arguments[@]}"
        fi
    done
}

# on_workers VERB: starts or stops the TaskManagers in WORKERS.
on_workers() {
    local verb=$1 worker
    if [[ $WORKERS_LOCAL == false ]] && command -v pdsh > /dev/null; then
        find_remote_command taskmanager.sh "$verb"
        PDSH_SSH_ARGS_APPEND=$FLINK_SSH_OPTS pdsh -w "$(IFS=, && echo "${WORKERS[*]}")" "$REMOTE_COMMAND"
        return
    fi
    for worker in "${WORKERS[@]}"; do
        if [[ $WORKERS_LOCAL == true ]]; then
            "$FLINK_BIN_DIR/taskmanager.sh" "$verb"
        else
            on_host "$worker" taskmanager.sh "$verb"
        fi
    done
}

# Sets WORKERS, and with ZooKeeper MASTERS. Both files are read before anything is started.
read_cluster() {
    read_hosts workers
    WORKERS=("${HOSTS[@]}")
    WORKERS_LOCAL=$ALL_LOCAL
    if uses_zookeeper; then
        read_hosts masters
        MASTERS=("${HOSTS[@]}")
        MASTERS_LOCAL=$ALL_LOCAL
    fi
}

# ---------------------------------------------------------------------------
# ZooKeeper
# ---------------------------------------------------------------------------

# Sets ZOO_CFG.
find_zoo_cfg() {
    ZOO_CFG=$FLINK_CONF_DIR/zoo.cfg
    if [[ ! -f $ZOO_CFG ]]; then
        echo "[ERROR] The file '$ZOO_CFG' is missing. It contains the configuration of ZooKeeper." >&2
        exit 1
    fi
}

# Sets QUORUM to the hosts of zoo.cfg's lines server.N=HOST:PORT:PORT and QUORUM_IDS to their N.
read_quorum() {
    local line
    find_zoo_cfg
    QUORUM=()
    QUORUM_IDS=()
    while read -r line || [[ -n $line ]]; do
        [[ $line == server.* ]] || continue
        if [[ $line =~ ^server\.([0-9]+)[[:space:]]*=[[:space:]]*([[:alnum:]._-]+) ]]; then
            QUORUM+=("${BASH_REMATCH[2]}")
            QUORUM_IDS+=("${BASH_REMATCH[1]}")
        else
            echo "[WARN] Skipping '${line%$'\r'}' in '$ZOO_CFG': expected server.N=HOST:PORT:PORT." >&2
        fi
    done < "$ZOO_CFG"
    if ((${#QUORUM[@]} == 0)); then
        echo "[WARN] No line server.N=HOST:PORT:PORT in '$ZOO_CFG'." >&2
    fi
}
