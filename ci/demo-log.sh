# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # The variables are those of ci/demo.
# Sourced by ci/demo --log: the flights go through Kafka and are archived, Kafka forgets them, and the
# same job with one option changed replays all of them and goes on live. On the way, one SQL statement
# and one jar count flights in Kafka, in the archive and in files, by configuration alone.

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

# Writes the configuration with which both programs read one tier. Usage: configure TIER
configure() {
    local source="{scan.tier: $1, properties.bootstrap.servers: '$brokers', archive.path: '$archive',"
    source+=" files.path: 'file://$scratch/flights-$live'}"
    cat > "$scratch/$1.yaml" << END
connectors:
  sources:
    flights: $source
  sinks:
    counts: {sink.tier: files, files.path: 'file://$scratch/counts-$1'}
  tables.default_catalog.default_database:
    flights: $source
END
}

# Prints the table of the SQL client as the lines that the jar writes. Usage: table_rows FILE
table_rows() { sed -n -E 's/^\| +([A-Z]{3}) \| +([0-9]+) \| +(-?[0-9]+) \|$/\1,\2,\3/p' "$1" | sort; }

# Runs the SQL statement and the jar on one tier, and fails unless both have the same result, which
# is that of the tiers before. Usage: count_flights TIER
count_flights() {
    local option="-Dconnectors.config=file://$scratch/$1.yaml" out=$scratch/counts-$1.txt
    configure "$1"
    echo "SQL statement, $option"
    "$home/bin/sql-client.sh" --jar "$(echo "$home"/opt/flink-sql-connector-tiered-kafka-*.jar)" \
        "$option" -f "$home/examples/flights/sql/flight-counts.sql" > "$out" 2> "$scratch/sql-client.err" ||
        fail "the SQL client failed: $(tail -n 30 "$out" "$scratch/sql-client.err")"
    echo "jar, $option"
    "$home/bin/flink" run -p 2 "$option" -C "file://$connector" \
        -c com.pinterest.flink.examples.flights.FlightCounts "$jar" > "$scratch/counts-jar.txt"
    table_rows "$out" > "$scratch/counts"
    [[ -s $scratch/counts ]] || fail "the SQL statement has no result: $(tail -n 30 "$out")"
    diff "$scratch/counts" <(sorted "counts-$1") > "$scratch/diff.txt" ||
        fail "the results of statement and jar differ: $(head -n 5 "$scratch/diff.txt")"
    if [[ -f $scratch/counts-before ]]; then
        diff "$scratch/counts-before" "$scratch/counts" > "$scratch/diff.txt" ||
            fail "the results from $1 differ from those before: $(head -n 5 "$scratch/diff.txt")"
    fi
    mv "$scratch/counts" "$scratch/counts-before"
    grep -m 6 '^[|+]' "$out"
    awk -F, -v tier="$1" '{rows += $2} END {print NR " origins, " rows " flights from " tier}' \
        "$scratch/counts-before"
}

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

    step "One SQL statement and one jar, from Kafka: flights and delays by origin"
    count_flights kafka

    step "Kafka forgets what is archived"
    flight_topic forget "$archive"
    "$home/bin/flink-archive" ls --archive "$archive" --bootstrap-servers "$brokers"
    "$home/bin/flink-archive" check --archive "$archive" --bootstrap-servers "$brokers" --deep

    step "The same statement and the same jar, from the archive"
    count_flights archive

    step "The same statement and the same jar, from files"
    mkdir "$scratch/flights-$live"
    # The end of the pipe stops reading before gzip has ended.
    { gzip -dc "$flights" || true; } 2> /dev/null | head -n "$live" > "$scratch/flights-$live/flights.csv"
    count_flights files

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
    summary="$(tail -n 1 "$scratch/reference.txt"), equal from Kafka and from the archive, counts also from files"
    stop_broker
}
