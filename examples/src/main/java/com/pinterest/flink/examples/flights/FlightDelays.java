// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/**
 * The job: hourly delay statistics of flights by origin, with late rows in a separate output.
 *
 * <p>The result is the same in each run, whatever the parallelism, and wherever a savepoint, a
 * restart or the loss of a TaskManager happens. Windows alone do not ensure that: watermarks are
 * emitted at intervals of processing time and are not part of a checkpoint, so that it depends on
 * the run which rows are late. Here, it depends only on the file:
 *
 * <ul>
 *   <li>One reader reads one file and adds the <em>frontier</em> to each row, the largest event
 *       time so far. A restored reader reads from the beginning again and finds the same values.
 *   <li>A watermark follows each row that advances the frontier, at the frontier minus the
 *       out-of-orderness. A window therefore fires between the same two rows in each run.
 *   <li>A filter after the source decides from the row's own frontier whether these watermarks have
 *       fired the hour of the row ({@link Lateness}). It does not use the current watermark, which
 *       is lost in a restart until the next row.
 * </ul>
 *
 * <p>The window operator therefore never gets a late row. Its late output is still added to that of
 * the filter: if this should ever be wrong, the row appears where a check finds it, and is not
 * dropped silently.
 */
public final class FlightDelays {

    private FlightDelays() {}

    /** Runs the job; see {@code --help}. */
    public static void main(String[] args) throws Exception {
        if (FlightDelaysOptions.asksForHelp(args)) {
            System.out.println(FlightDelaysOptions.USAGE);
            return;
        }
        FlightDelaysOptions options = FlightDelaysOptions.parse(args);
        requireFile(options.input());
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        define(environment, options);
        environment.execute("flight-delays");
    }

    /** Adds the job's operators to an environment. */
    static void define(StreamExecutionEnvironment environment, FlightDelaysOptions options) {
        Lateness lateness = new Lateness(options.outOfOrderness());

        define(
                environment
                        .fromSource(source(options), watermarks(lateness), "flights")
                        .uid("flights")
                        .setParallelism(1)
                        .process(new LateFilter(lateness))
                        .name("late-filter")
                        .uid("late-filter")
                        .setParallelism(1),
                options.output(),
                options.late());
    }

    /** Adds the job's operators behind a source and a {@link LateFilter}. */
    static void define(SingleOutputStreamOperator<Flight> inTime, Path output, Path late) {
        SingleOutputStreamOperator<HourlyDelays> hourly =
                inTime.keyBy(flight -> flight.getRoute().getOrigin())
                        .window(TumblingEventTimeWindows.of(Lateness.WINDOW))
                        .sideOutputLateData(LateFilter.LATE)
                        .aggregate(new DelayAggregate(), new HourlyRow())
                        .name("hourly-delays")
                        .uid("hourly-delays");

        hourly.sinkTo(CsvFiles.sink(output, HourlyDelays::toCsv))
                .name("hourly-files")
                .uid("hourly-files");

        inTime.getSideOutput(LateFilter.LATE)
                .union(hourly.getSideOutput(LateFilter.LATE))
                .sinkTo(CsvFiles.sink(late, Flight::toLateCsv))
                .name("late-files")
                .uid("late-files");
    }

    private static FileSource<Flight> source(FlightDelaysOptions options) {
        return FileSource.forBulkFileFormat(
                        new FlightFormat(options.rate(), options.hold()), options.input())
                .build();
    }

    static WatermarkStrategy<Flight> watermarks(Lateness lateness) {
        return WatermarkStrategy.<Flight>forGenerator(context -> new FrontierWatermarks(lateness))
                .withTimestampAssigner((flight, previous) -> flight.eventTime());
    }

    /** Fails if the input is not a single file: several files would be read in any order. */
    private static void requireFile(Path input) throws IOException {
        FileStatus status;
        try {
            status = input.getFileSystem().getFileStatus(input);
        } catch (FileNotFoundException e) {
            throw new IllegalArgumentException("option --input: there is no file " + input, e);
        }
        if (status.isDir()) {
            throw new IllegalArgumentException(
                    "option --input: " + input + " is a directory, one file is needed");
        }
    }
}
