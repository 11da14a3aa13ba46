# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # ci/demo sets what this reads, and reads what this sets.
# Sourced by ci/demo --platform, which has started the cluster: the job service drives the job.

cli() { "$home/bin/flink-jobs" "$@"; }

# Sets a field of an answer of the service. Does not start a JVM, so that it sees short steps.
# Usage: service_field NAME PATH
service_field() {
    local authority
    authority=$(< "$FLINK_JOB_SERVICE_DATA/address")
    authority=${authority#http://}
    field "$1" "$(
        exec 3<> "/dev/tcp/${authority%:*}/${authority##*:}"
        printf 'GET /api/v1%s HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n' \
            "$2" "$(< "$FLINK_JOB_SERVICE_DATA/admin.token")" >&3
        cat <&3
    )"
}

start_service() { "$home/bin/flink-job-service.sh" start --port 0; }

# Kills the service without giving it time for anything.
kill_service() {
    local pid
    pid=$(< "$FLINK_JOB_SERVICE_DATA/pid")
    kill -9 "$pid"
    while [[ -e /proc/$pid/exe ]]; do sleep 0.05; done
    echo "the service (pid $pid) was killed"
}

# Runs a command that has to end with this exit code. Usage: expect CODE COMMAND...
expect() {
    local code=$1 status=0
    shift
    "$@" || status=$?
    ((status == code)) || fail "exit code $status instead of $code of: $*"
}

# Writes the specification of the job. Usage: write_spec ROW-TO-HOLD-AT [MORE-CONFIGURATION]
write_spec() {
    cat > "$scratch/flights.yaml" << END
apiVersion: flink-job-service/v1
kind: FlinkJob
metadata: {name: flights, namespace: demo}
spec:
  target: {kind: session, cluster: local}
  flinkConfiguration:
    execution.checkpointing.interval: 1s${2:+
    $2}
  job:
    jarURI: $jar
    parallelism: 2
    args: [--input, "$flights", --output, "$scratch/hourly", --late, "$scratch/late", --hold-at, "$1",
           --hold-until, "$scratch/release"]
    upgradeMode: savepoint
  stability: {checkpoints: 2, throughput: 0%} # it is held, so as to be looked at
  savepoints: {dir: "file://$scratch/savepoints"}
END
}

# Waits until the run of now, which has begun at a row, has read up to another one, and sets job to
# its id. Usage: await_row ROW FIRST-ROW
await_row() {
    job=$(service_field flinkJobId /jobs/demo/flights)
    await_rows "$job" $(($1 - $2))
    echo "at row $1 of $total, epoch $(service_field epoch /jobs/demo/flights)"
}

run_platform() {
    local operation step killed start refused third=$((total / 3))
    unset FLINK_JOBS_SERVER FLINK_JOBS_TOKEN FLINK_JOB_SERVICE_OPTS

    step "Job service"
    start_service
    cli cluster add local "http://localhost:$rest_port"

    step "The job is registered from YAML, and submitted; it holds at row $third of $total"
    write_spec "$third"
    cat "$scratch/flights.yaml"
    cli register "$scratch/flights.yaml"
    cli submit demo/flights --wait
    await_row "$third" 0

    step "Someone starts the same job by bin/flink run: the guard of the JobManager refuses it"
    if refused=$("$home/bin/flink" run -d -p 1 "$jar" --input "$flights" --output "$scratch/other" \
        --late "$scratch/other-late" 2>&1); then
        fail "the second copy was not refused: $refused"
    fi
    grep -m 1 -o '"flight-delays" is refused: .*' <<< "$refused" ||
        fail "the second copy failed for another reason: $refused"

    step "A new version, which reads up to row $half: it starts from a savepoint of the old one"
    write_spec "$half"
    cli upgrade "$scratch/flights.yaml" --wait
    await_row "$half" "$third"

    step "A bad version: it has a plan, but its tasks fail. The service goes back by itself"
    write_spec "$half" "state.backend.type: no.such.Backend"
    expect 6 cli upgrade "$scratch/flights.yaml" --wait
    await_row "$half" "$half"

    step "Another version; the service is killed with -9 as soon as the old run is being stopped"
    write_spec $((third * 2))
    operation=$(cli upgrade "$scratch/flights.yaml" | tail -n 1)
    operation=${operation##* }
    start=$SECONDS
    step=''
    while [[ ! $step =~ ^(STOP|CLEAR|UPLOAD|START|RUNNING|RESTORED|STABLE)$ ]]; do
        step=$(service_field step "/operations/$operation")
        ((SECONDS - start < PATIENCE_SECONDS)) || fail "the upgrade does not begin"
    done
    kill_service
    killed=$(date -u +%FT%T.%3N)
    echo "killed at $killed, in step $step"
    start_service
    cli wait "$operation"
    [[ $(service_field closedAt "/operations/$operation") > $killed ]] ||
        fail "the upgrade had ended before the service was killed"
    await_row $((third * 2)) "$half"

    step "The timeline of this upgrade"
    cli describe "$operation"

    step "The job reads the rest, to its end"
    touch "$scratch/release"
    await_end "$job"
    cli history demo/flights

    step "Results, compared with a program that reads the raw file without Flink"
    java -cp "$jar" com.pinterest.flink.examples.flights.reference.FlightsReference \
        --flights "$flights" --hourly "$scratch/hourly" --late "$scratch/late" |
        tee "$scratch/reference.txt"
    summary=$(tail -n 1 "$scratch/reference.txt")
}

show_service() {
    echo "job service: $(< "$FLINK_JOB_SERVICE_DATA/address") in a browser, token $(< "$FLINK_JOB_SERVICE_DATA/admin.token")"
    echo "             FLINK_JOB_SERVICE_DATA=$FLINK_JOB_SERVICE_DATA $home/bin/flink-jobs list"
    echo "stop it:     FLINK_JOB_SERVICE_DATA=$FLINK_JOB_SERVICE_DATA $home/bin/flink-job-service.sh stop"
}
