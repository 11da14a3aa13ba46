#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The interactive Python shell, with a cluster in the same process, a remote cluster or one on YARN.

# shellcheck source=/dev/null
. "$(dirname "$(readlink -f "$0")")/find-flink-home.sh" || exit 1
# shellcheck source=/dev/null
. "$FLINK_HOME/bin/config.sh"

# Java parses the arguments: it converts them to those of the flink command, or prints a help text.
find_lib_class_path
if ! has_jar "$FLINK_OPT_DIR" flink-python; then
    echo "[ERROR] There is no flink-python-*.jar in '$FLINK_OPT_DIR'." >&2
    exit 1
fi
set -o pipefail
parsed=$("$JAVA_RUN" -classpath "$LIB_CLASS_PATH:${FOUND_JARS[0]}" \
    org.apache.flink.client.python.PythonShellParser "$@" | tr '\0' '\n') || exit
case ${parsed%%$'\n'*} in
    local | remote | yarn) ;;
    *)
        printf '%s\n' "$parsed"
        exit 0
        ;;
esac
submit_arguments=()
while IFS= read -r argument; do
    submit_arguments+=("$argument")
done <<< "$parsed"
# Python splits it again, with the rules of the shell.
printf -v SUBMIT_ARGS '%q ' "${submit_arguments[@]}"
export SUBMIT_ARGS=${SUBMIT_ARGS% }

python_path=
for archive in 'py4j-*.zip' 'cloudpickle-*.zip' pyflink.zip; do
    find_jars "$FLINK_OPT_DIR/python" "$archive"
    python_path+=${FOUND_JARS[0]:+${FOUND_JARS[0]}:}
done
# Without a colon at the end, which Python would interpret as the current directory.
python_path+=$PYTHONPATH
export PYTHONPATH=${python_path%:}

python=${PYFLINK_PYTHON:-python}
if ! "$python" -c 'import cloudpickle, py4j, pyflink'; then
    cat >&2 << ERROR
[ERROR] '$python' cannot import cloudpickle, py4j and pyflink, see the line above. They are published
for Python only, so this distribution does not have them. Do one of these:
  - install apache-flink of the same version with pip, and set PYFLINK_PYTHON to that python
  - copy py4j-*.zip, cloudpickle-*.zip and pyflink.zip of an official one to '$FLINK_OPT_DIR/python'
ERROR
    exit 1
fi

exec "$python" -i -m pyflink.shell
