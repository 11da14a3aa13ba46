# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # The variables are those of ci/demo.
# Sourced by ci/demo --log: the flights go through Kafka and are archived, Kafka forgets them, and the
# same job with one option changed replays all of them and goes on live.

BROKER=$ROOT/kafka-test-broker/target

# Starts a broker that ends with this script, and sets brokers to its address.
start_broker() {
    maven demo-broker -ntp process-classes -pl kafka-test-broker
    mkdir "$scratch/kafka"
    # The broker ends when the other end of its standard input is closed.
    mkfifo "$scratch/kafka/stdin"
    java -Xmx512m -cp "$BROKER/classes:$BROKER/kafka/*" com.pinterest.flink.kafka.KafkaTestBroker \
        "$scratch/kafka" < "$scratch/kafka/stdin" > "$FLINK_LOG_DIR/kafka.out" 2>&1 &
    broker=$!
    exec {broker_stdin}> "$scratch/kafka/stdin"
    local start=$SECONDS
    while [[ ! -f $scratch/kafka/address ]]; do
        [[ -e /proc/$broker/exe ]] || fail "the broker has ended"
        wait_for 'the broker' "$start"
    done
    brokers=$(< "$scratch/kafka/address")
    echo "Kafka at $brokers"
}

stop_broker() {
    [[ -n ${broker:-} ]] || return 0
    exec {broker_stdin}>&-
    wait "$broker" || true
    broker=''
}

# Runs the program that fills the topic. Usage: flight_topic COMMAND ARGUMENT...
flight_topic() {
    java -Xmx256m -cp "$jar:$connector:$home/lib/*" \
        com.pinterest.flink.examples.flights.FlightTopic "$1" "$brokers" flights "${@:2}" \
        2>> "$FLINK_LOG_DIR/flight-topic.log"
}

# Starts the job and sets job to its id. Usage: submit TIER DIRECTORY
submit() {
    local submitted
    submitted=$("$home/bin/flink" run -d -p 2 -C "file://$connector" \
        -c com.pinterest.flink.examples.flights.FlightDelaysFromLog "$jar" \
        --bootstrap-servers "$brokers" --topic flights --archive "$archive" \
        --output "$scratch/$2/hourly" --late "$scratch/$2/late" --tier "$1")
    find_job "$submitted"
}

# Ends a job, windows that are open included. Usage: drain JOB
drain() {
    "$home/bin/flink" stop --drain --savepointPath "file://$scratch/savepoints" "$1" > "$scratch/stop.txt" ||
        fail "job $1 was not stopped: $(< "$scratch/stop.txt")"
}

sorted() { find "$scratch/$1" -name 'part-*' -type f -exec cat {} + | sort; }

run_log_act() {
    connector=$(echo "$home"/opt/flink-connector-tiered-kafka-*.jar)
    archive=file://$scratch/archive
    local live=$((total - total / 5)) watching archiver replay output

    step "Kafka, from Maven Central"
    start_broker
    flight_topic create

    step "Archiver and job on Kafka: hourly delays by origin, --tier kafka"
    "$home/bin/flink-archive" run --archive "$archive" --bootstrap-servers "$brokers" --topic flights \
        --roll-size 2mb --roll-interval 2s --checkpoint-interval 1s -- -d -p 1 > "$scratch/archiver.txt"
    find_job "$(< "$scratch/archiver.txt")"
    archiver=$job
    submit kafka watched
    watching=$job
    flight_topic produce "$flights" 1 "$live"
    await_rows "$watching" "$live"

    step "Kafka forgets what is archived"
    flight_topic forget "$archive"
    "$home/bin/flink-archive" ls --archive "$archive" --bootstrap-servers "$brokers"
    "$home/bin/flink-archive" check --archive "$archive" --bootstrap-servers "$brokers" --deep

    step "The same job with one option changed, --tier auto: all from the archive, and on live"
    submit auto replayed
    replay=$job
    await_rows "$replay" 1
    flight_topic produce "$flights" $((live + 1)) "$total"
    await_rows "$replay" "$total"
    await_rows "$watching" "$total"
    drain "$replay"
    drain "$watching"
    "$home/bin/flink" cancel "$archiver" > "$scratch/cancel.txt"

    step "Results of both jobs, compared with each other and with a program without Flink"
    for output in hourly late; do
        diff <(sorted "watched/$output") <(sorted "replayed/$output") > "$scratch/diff.txt" ||
            fail "the results of the two jobs differ: $(head -n 5 "$scratch/diff.txt")"
    done
    java -cp "$jar" com.pinterest.flink.examples.flights.reference.FlightsReference \
        --flights "$flights" --hourly "$scratch/replayed/hourly" --late "$scratch/replayed/late" |
        tee "$scratch/reference.txt"
    summary="$(tail -n 1 "$scratch/reference.txt"), equal from Kafka and from the archive"
    stop_broker
}
