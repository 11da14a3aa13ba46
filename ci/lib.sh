# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the commands in this directory: paths, versions, and the functions that they share.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
VERSION=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$ROOT/pom.xml")
FLINK_VERSION=$(sed -n 's|^    <flink.version>\(.*\)</flink.version>$|\1|p' "$ROOT/pom.xml")
DIST_TARGET=$ROOT/flink-dist-pinterest/target
# Read by the scripts that source this file.
# shellcheck disable=SC2034
{
    DIST_TREE=$DIST_TARGET/flink-$VERSION
    TWIN_TREE=$DIST_TARGET/flink-$FLINK_VERSION-vanilla
    TARBALL=$DIST_TARGET/flink-$VERSION-bin.tgz
    # The modules that overlay the engine, which both lines have, and all that are grafted. The
    # latter are listed in flink-dist-pinterest/pom.xml, too.
    ENGINE_MODULES=(flink-core-serialization flink-runtime-patches flink-table-minibatch)
    OVERLAY_MODULES=("${ENGINE_MODULES[@]}" flink-scheduler-ext flink-sql-client-ext)
}

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# Fails with a hint unless a JDK 17 and Maven are installed.
require_tools() {
    command -v mvn > /dev/null || fail "Maven is missing (on Debian: apt-get install maven)"
    local javac=javac
    [[ -z ${JAVA_HOME:-} ]] || javac=$JAVA_HOME/bin/javac
    command -v "$javac" > /dev/null ||
        fail "a JDK 17 is missing (on Debian: apt-get install openjdk-17-jdk-headless)"
    case $("$javac" -version 2>&1) in
        "javac 17"*) ;;
        *) fail "the build needs JDK 17, but $javac is $("$javac" -version 2>&1): set JAVA_HOME" ;;
    esac
}

# Prints the progress in Maven's output: modules, test classes, downloads, and what long tests
# print, such as rows of a table and the progress of a fuzz test.
show_progress() {
    local line downloads=0
    local module='^\[INFO\] Building Flink, Pinterest distribution : (.*) 2\.[^ ]*( *\[.*\])?$'
    local tests='Tests run: (.*) -- in .*\.(.*)$'
    while IFS= read -r line; do
        if [[ $line == *"Downloaded from "* ]]; then
            downloads=$((downloads + 1))
            ((downloads % 100 > 0)) || echo "  $downloads files downloaded"
        elif [[ $line =~ $module ]]; then
            echo "${BASH_REMATCH[1]}${BASH_REMATCH[2]}"
        elif [[ $line =~ $tests ]]; then
            echo "  ${BASH_REMATCH[2]}: ${BASH_REMATCH[1]}"
        elif [[ $line == "| "* || $line == fuzz* || $line == faults:* ]]; then
            echo "  $line"
        fi
    done
}

# Runs Maven in the repository; shows progress, and the end of the log on failure.
# Usage: maven LOG-NAME ARGUMENT...
maven() {
    mkdir -p "$ROOT/target"
    local log=$ROOT/target/$1.log
    shift
    echo "mvn $*   (log: ${log#"$ROOT/"})"
    if ! (cd "$ROOT" && mvn -B "$@") < /dev/null 2>&1 | tee "$log" | show_progress; then
        echo "---- the end of ${log#"$ROOT/"}:" >&2
        grep -vE '^\[INFO\] *$|Download(ed|ing) from ' "$log" | tail -n 60 >&2
        fail "the build failed"
    fi
}

# Builds the distribution unless the tarball is newer than all of its inputs.
build_distribution() {
    local newer
    if [[ -f $TARBALL ]]; then
        newer=$(cd "$ROOT" && find pom.xml patches LICENSE NOTICE examples ./*/pom.xml ./*/*/pom.xml \
            ./*/src/main ./*/*/src/main flink-dist-pinterest/left-out.txt -type f \
            -newer "$TARBALL" -not -path '*/target/*' -not -path '*/src/test/*' -print -quit)
        if [[ -z $newer ]]; then
            echo "$(basename "$TARBALL") is up to date"
            return
        fi
    fi
    echo "Building the distribution; with an empty Maven repository, this downloads 1.5 GB"
    maven build-distribution package -Dmaven.test.skip=true -pl flink-dist-pinterest -am
}
