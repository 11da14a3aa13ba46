#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced by other scripts: finds Java and jars, and runs the configuration tool in bash-java-utils.jar.

# shellcheck disable=SC2034 # the results are for the scripts that source this file

BASH_JAVA_UTILS_CLASS=org.apache.flink.runtime.util.bash.BashJavaUtils
BASH_JAVA_UTILS_PREFIX=BASH_JAVA_UTILS_EXEC_RESULT:

# configured_value FILE KEY: prints the single-line value of a flat or nested key of a configuration
# file. Uses awk, for the case that Java is not known yet or cannot run.
configured_value() {
    [[ -r $1 ]] || return 0
    awk -v key="$2" '
        /^[ \t]*(#|$)/ { next }
        {
            match($0, /^ */)
            while (depth > 0 && indent[depth] >= RLENGTH) depth--
            indent[++depth] = RLENGTH
            line = substr($0, RLENGTH + 1)
            colon = index(line, ":")
            if (colon == 0) next
            path[depth] = (depth > 1 ? path[depth - 1] "." : "") substr(line, 1, colon - 1)
            if (path[depth] == key) value = substr(line, colon + 1)
        }
        END {
            sub(/^[ \t]+/, "", value)
            if (value ~ /^["\047]/) {
                quote = substr(value, 1, 1)
                value = substr(value, 2)
                value = substr(value, 1, index(value quote, quote) - 1)
            } else {
                sub(/[ \t]#.*/, "", value)
                sub(/[ \t\r]+$/, "", value)
            }
            print value
        }' "$1"
}

# only_stops: whether the script that sources this file only stops something.
only_stops() {
    [[ ${verb-} == stop || ${verb-} == stop-all ]]
}

# find_java CONF_DIR [FILE_NAME]: sets and exports JAVA_RUN, and JAVA_HOME if there is one. The default
# configuration file is config.yaml. A configured Java that does not exist is an error, except in a
# script that stops something: any Java can read the configuration for it, and if there is none,
# JAVA_RUN is empty.
find_java() {
    local file=$1/${2:-config.yaml} configured home problem
    configured=$(configured_value "$file" env.java.home)
    home=${configured:-$JAVA_HOME}
    if [[ -n $configured && ! (-f $configured/bin/java && -x $configured/bin/java) ]]; then
        problem="env.java.home in '$file' is '$configured', where there is no executable bin/java."
        if ! only_stops; then
            echo "[ERROR] $problem Set it to the directory of a Java installation, or remove it to use JAVA_HOME or the java on the PATH." >&2
            exit 1
        fi
        echo "[WARN] $problem" >&2
        home=$JAVA_HOME
        if [[ -n $JAVA_HOME && ! -x $JAVA_HOME/bin/java ]]; then
            home=
        fi
    fi
    if [[ -n $home ]]; then
        export JAVA_HOME=$home
    fi
    if [[ -d $home ]]; then
        JAVA_RUN=$home/bin/java
    else
        JAVA_RUN=java
    fi
    export JAVA_RUN
    if ! command -v "$JAVA_RUN" > /dev/null; then
        if [[ -n $problem ]]; then
            JAVA_RUN=
            return
        fi
        echo "Java was not found at '$JAVA_RUN'. Set JAVA_HOME, or env.java.home in $file, to a JDK, or put java on the PATH."
        exit 1
    fi
}

# find_jars DIR NAME_PATTERN: sets FOUND_JARS to the jars below DIR, including links, in the same order
# in every locale.
find_jars() {
    local jar
    FOUND_JARS=()
    [[ -d $1 ]] || return 0
    while IFS= read -r -d '' jar; do
        FOUND_JARS+=("$jar")
    done < <(find -H "$1" -name "$2" ! -type d -print0 | LC_ALL=C sort -z)
}

# find_flink_dist_jar LIB_DIR: sets FLINK_DIST_JAR, or fails.
find_flink_dist_jar() {
    find_jars "$1" 'flink-dist*.jar'
    case ${#FOUND_JARS[@]} in
        1) FLINK_DIST_JAR=${FOUND_JARS[0]} ;;
        0)
            echo "[ERROR] No flink-dist*.jar in '$1'." >&2
            return 1
            ;;
        *)
            echo "[ERROR] More than one flink-dist*.jar in '$1'; keep only one: ${FOUND_JARS[*]}" >&2
            return 1
            ;;
    esac
}

# run_bash_java_utils BIN_DIR LIB_DIR COMMAND CONF_DIR [options]: sets BASH_JAVA_UTILS_OUTPUT to all
# output of the tool, BASH_JAVA_UTILS_RESULT to the result lines without their prefix and
# BASH_JAVA_UTILS_LOG to the other lines. On failure the log goes to stderr.
run_bash_java_utils() {
    local bin_dir=$1 lib_dir=$2 command=$3 conf_dir=$4
    shift 4
    find_flink_dist_jar "$lib_dir" || return 1
    # A JVM that runs this briefly is faster with one compiler and without a parallel collector.
    if ! BASH_JAVA_UTILS_OUTPUT=$("$JAVA_RUN" \
        -XX:+IgnoreUnrecognizedVMOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
        -classpath "$bin_dir/bash-java-utils.jar:$FLINK_DIST_JAR" \
        "$BASH_JAVA_UTILS_CLASS" "$command" --configDir "$conf_dir" "$@" 2>&1 < /dev/null); then
        printf '%s\n' "$BASH_JAVA_UTILS_OUTPUT" >&2
        echo "[ERROR] $command failed for the configuration in '$conf_dir'; see the lines above." >&2
        return 1
    fi
    BASH_JAVA_UTILS_RESULT=$(sed -n "s/^$BASH_JAVA_UTILS_PREFIX//p" <<< "$BASH_JAVA_UTILS_OUTPUT")
    BASH_JAVA_UTILS_LOG=$(grep -v "^$BASH_JAVA_UTILS_PREFIX" <<< "$BASH_JAVA_UTILS_OUTPUT")
    return 0
}

# write_configuration CONF_DIR: writes the result of the tool to the configuration file.
write_configuration() {
    # Written in place instead of moved, because the file itself may be a mount.
    if ! printf '%s\n' "$BASH_JAVA_UTILS_RESULT" > "$1/config.yaml"; then
        echo "[ERROR] Cannot write '$1/config.yaml'." >&2
        exit 1
    fi
}
