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
 * Hourly delay statistics of flights by origin, with late rows in an output of their own.
 *
 * <p>The result is the same in each run, whatever the parallelism, and wherever a savepoint, a
 * restart or a lost TaskManager falls. Windows alone do not give that: watermarks are emitted by
 * the clock and are not part of a checkpoint, so that which rows find their window closed depends
 * on the run. Here it depends on the file alone:
 *
 * <ul>
 *   <li>One reader reads one file and puts to each row the <em>frontier</em>, the largest event
 *       time up to there. A restored reader reads from the beginning again and finds the same.
 *   <li>A watermark follows each row that moves the frontier, at the frontier less the
 *       out-of-orderness. A window hence fires between the same two rows in each run.
 *   <li>A filter right behind the source decides from the row's own frontier whether these
 *       watermarks have fired the row's hour ({@link Lateness}). It does not ask the current
 *       watermark, which is lost by a restart until the next row.
 * </ul>
 *
 * <p>So the window operator never sees a late row. Its late output goes the way of the filter's
 * nonetheless: should that ever be wrong, the row turns up where a check finds it, and is not
 * dropped in silence.
 */
public final class FlightDelays {

    private FlightDelays() {}

    /** Runs the job, see {@code --help}. */
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

        SingleOutputStreamOperator<Flight> inTime =
                environment
                        .fromSource(source(options), watermarks(lateness), "flights")
                        .uid("flights")
                        .setParallelism(1)
                        .process(new LateFilter(lateness))
                        .name("late-filter")
                        .uid("late-filter")
                        .setParallelism(1);

        SingleOutputStreamOperator<HourlyDelays> hourly =
                inTime.keyBy(flight -> flight.getRoute().getOrigin())
                        .window(TumblingEventTimeWindows.of(Lateness.WINDOW))
                        .sideOutputLateData(LateFilter.LATE)
                        .aggregate(new DelayAggregate(), new HourlyRow())
                        .name("hourly-delays")
                        .uid("hourly-delays");

        hourly.sinkTo(CsvFiles.sink(options.output(), HourlyDelays::toCsv))
                .name("hourly-files")
                .uid("hourly-files");

        inTime.getSideOutput(LateFilter.LATE)
                .union(hourly.getSideOutput(LateFilter.LATE))
                .sinkTo(CsvFiles.sink(options.late(), Flight::toLateCsv))
                .name("late-files")
                .uid("late-files");
    }

    private static FileSource<Flight> source(FlightDelaysOptions options) {
        return FileSource.forBulkFileFormat(
                        new FlightFormat(options.rate(), options.hold()), options.input())
                .build();
    }

    private static WatermarkStrategy<Flight> watermarks(Lateness lateness) {
        return WatermarkStrategy.<Flight>forGenerator(context -> new FrontierWatermarks(lateness))
                .withTimestampAssigner((flight, previous) -> flight.eventTime());
    }

    /** The order of rows is that of one file; several would be read in any order. */
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
