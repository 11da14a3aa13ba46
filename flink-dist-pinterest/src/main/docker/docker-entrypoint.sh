#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The entry point of a container image: adds the settings in the environment to config.yaml, then runs
# the service, or any other command, in its place. Commands and variables are those of the official
# image.
set -euo pipefail

FLINK_HOME=${FLINK_HOME:-/opt/flink}
FLINK_CONF_DIR=${FLINK_CONF_DIR:-$FLINK_HOME/conf}
export FLINK_HOME FLINK_CONF_DIR

usage() {
    cat << USAGE
Usage: docker-entrypoint.sh COMMAND [arguments]
  jobmanager       runs the JobManager of a session cluster
  standalone-job   runs a JobManager for one application
  taskmanager      runs a TaskManager
  history-server   runs the history server
  sql-gateway      runs the SQL gateway
  help             prints this help
Any other command runs unchanged, for example bash, or flink run.
Variables:
  JOB_MANAGER_RPC_ADDRESS            host of the JobManager; default: this host
  TASK_MANAGER_NUMBER_OF_TASK_SLOTS  slots of a TaskManager
  FLINK_PROPERTIES                   lines "key: value", or nested YAML as in config.yaml;
                                     \$NAME and \${NAME} stand for variables
  ENABLE_BUILT_IN_PLUGINS            jars of opt/ to use as plugins, separated by ";"
  DISABLE_JEMALLOC                   "true" leaves memory to glibc
USAGE
}

fail() {
    echo "[ERROR] $1" >&2
    exit "${2:-1}"
}

# The allocator of glibc fragments under the load of RocksDB, so that a process outgrows its container.
preload_jemalloc() {
    [[ ${DISABLE_JEMALLOC:-false} == false ]] || return 0
    local library
    for library in /usr/lib/"$(uname -m)"-linux-gnu/libjemalloc.so{,.2}; do
        if [[ -f $library ]]; then
            export LD_PRELOAD=${LD_PRELOAD:+$LD_PRELOAD:}$library
            return
        fi
    done
    echo "[WARN] No jemalloc in $(dirname "$library"), glibc's allocator is used." >&2
}

link_plugins() {
    local jars jar directory
    IFS=';' read -r -a jars <<< "${ENABLE_BUILT_IN_PLUGINS:-}"
    for jar in "${jars[@]}"; do
        [[ -n $jar ]] || continue
        if [[ $jar == */* || ! -f $FLINK_HOME/opt/$jar ]]; then
            fail "ENABLE_BUILT_IN_PLUGINS: $FLINK_HOME/opt has no jar '$jar'"
        fi
        directory=$FLINK_HOME/plugins/${jar%.jar}
        mkdir -p "$directory"
        ln -fs "$FLINK_HOME/opt/$jar" "$directory/"
        echo "Plugin ${jar%.jar} is enabled."
    done
}

# substitute TEXT: prints the text with environment variables replaced; an unset one is empty.
substitute() {
    local text=$1 name
    # shellcheck disable=SC2016 # the dollar is meant
    local variable='^([^$]*)\$(\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))(.*)$'
    local dollar='^([^$]*\$)(.*)$'
    while [[ -n $text ]]; do
        if [[ $text =~ $variable ]]; then
            name=${BASH_REMATCH[3]}${BASH_REMATCH[4]}
            printf '%s%s' "${BASH_REMATCH[1]}" "${!name:-}"
            text=${BASH_REMATCH[5]}
        elif [[ $text =~ $dollar ]]; then
            printf '%s' "${BASH_REMATCH[1]}"
            text=${BASH_REMATCH[2]}
        else
            printf '%s' "$text"
            return
        fi
    done
}

# strip TEXT: sets STRIPPED to the text without blanks at its ends.
strip() {
    STRIPPED=${1#"${1%%[![:space:]]*}"}
    STRIPPED=${STRIPPED%"${STRIPPED##*[![:space:]]}"}
}

# flatten DIR: prints the entries of DIR/config.yaml as key=value, each followed by NUL, with dots in
# nested keys. Call it in a subshell.
flatten() {
    local FLINK_CONF_DIR=$1 i
    # The scripts of bin/ are written for a shell without these.
    set +eu +o pipefail
    # shellcheck source=/dev/null
    . "$FLINK_HOME/bin/config.sh" >&2
    [[ $CONFIG_READ == true ]] || exit 1
    for i in "${!CONFIG_KEYS[@]}"; do
        printf '%s=%s\0' "${CONFIG_KEYS[i]}" "${CONFIG_VALUES[i]}"
    done
}

# Adds the settings of FLINK_PROPERTIES to SETTINGS.
add_properties() {
    local text line key value directory settings
    text=$(substitute "${FLINK_PROPERTIES:-}")
    # Indented lines are YAML. Others may not be: the old form has no quoting rules.
    if [[ $'\n'$text =~ $'\n'[[:blank:]]+[^[:space:]#] && $text =~ :[[:blank:]]*($'\n'|$) ]]; then
        directory=$(mktemp -d)
        printf '%s\n' "$text" > "$directory/config.yaml"
        mapfile -t -d '' settings < <(flatten "$directory")
        if ! wait $!; then
            rm -rf "$directory"
            fail "FLINK_PROPERTIES is not YAML, see the lines above"
        fi
        rm -rf "$directory"
        SETTINGS+=("${settings[@]/#/-D}")
        return
    fi
    while IFS= read -r line; do
        strip "$line"
        line=$STRIPPED
        [[ -n $line && $line != \#* ]] || continue
        [[ $line == ?*:* ]] || fail "FLINK_PROPERTIES: no 'key: value' in the line '$line'"
        key=${line%%:*}
        strip "$key"
        key=$STRIPPED
        strip "${line#*:}"
        value=$STRIPPED
        case $value in
            \'*\' | \"*\") [[ ${#value} -lt 2 ]] || value=${value:1:${#value}-2} ;;
        esac
        SETTINGS+=("-D$key=$value")
    done <<< "$text"
}

configure() {
    local file=$FLINK_CONF_DIR/config.yaml address=${JOB_MANAGER_RPC_ADDRESS:-}
    # On Kubernetes, it is a mounted ConfigMap, which already contains all settings.
    if [[ ! -e $file ]] || ! { : >> "$file"; } 2> /dev/null; then
        echo "[WARN] $file cannot be written: the settings in the environment are ignored." >&2
        return
    fi
    if [[ -z $address ]]; then
        address=$(hostname -f) || fail "this host has no name: set JOB_MANAGER_RPC_ADDRESS"
    fi
    SETTINGS=("-Djobmanager.rpc.address=$address" -Dblob.server.port=6124 -Dquery.server.port=6125)
    if [[ -n ${TASK_MANAGER_NUMBER_OF_TASK_SLOTS:-} ]]; then
        [[ $TASK_MANAGER_NUMBER_OF_TASK_SLOTS =~ ^[1-9][0-9]*$ ]] ||
            fail "TASK_MANAGER_NUMBER_OF_TASK_SLOTS is '$TASK_MANAGER_NUMBER_OF_TASK_SLOTS', not a number above 0"
        SETTINGS+=("-Dtaskmanager.numberOfTaskSlots=$TASK_MANAGER_NUMBER_OF_TASK_SLOTS")
    fi
    add_properties
    "$FLINK_HOME/bin/config-parser-utils.sh" \
        "$FLINK_CONF_DIR" "$FLINK_HOME/bin" "$FLINK_HOME/lib" "${SETTINGS[@]}" ||
        fail "the settings in the environment cannot be added to config.yaml; see the lines above"
}

# Sets RUN_AS to the command prefix that switches to the user flink.
find_user_switch() {
    RUN_AS=()
    [[ $(id -u) == 0 ]] || return 0
    if command -v gosu > /dev/null; then
        RUN_AS=(gosu flink)
    elif command -v setpriv > /dev/null; then
        RUN_AS=(setpriv --reuid=flink --regid=flink --init-groups)
        # setpriv keeps root's home directory, where flink cannot write.
        export HOME=$FLINK_HOME
    else
        fail "started as root, but neither gosu nor setpriv is available to switch to the user flink"
    fi
}

if (($# == 0)); then
    usage >&2
    exit 1
fi
if [[ $1 == help ]]; then
    usage
    exit 0
fi
case $1 in
    jobmanager | taskmanager | standalone-job | sql-gateway)
        command=("$FLINK_HOME/bin/$1.sh" start-foreground)
        ;;
    history-server) command=("$FLINK_HOME/bin/historyserver.sh" start-foreground) ;;
    *)
        command -v "$1" > /dev/null || fail "no command '$1': try help" 127
        command=("$1")
        ;;
esac
shift

link_plugins
configure
find_user_switch
# Last, because the programs above do not need it.
preload_jemalloc
exec "${RUN_AS[@]}" "${command[@]}" "$@"
