// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.placement;

import static org.apache.flink.configuration.ConfigOptions.key;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/** The options of the placement of tasks. */
public final class PlacementOptions {

    /** Who places the tasks of a streaming job, and what comes first. */
    public enum Mode {
        /** As in the official release. */
        UPSTREAM,
        /** Fewest bytes across zones, racks and hosts first. */
        LOCALITY,
        /** Lowest load of the most loaded TaskManager first. */
        BALANCED,
        /** As balanced where the costs of operators are known, else as locality. */
        AUTO
    }

    /** Which slots are used where there are more than a job needs. */
    public enum Slots {
        /** Slots on all TaskManagers. */
        SPREAD,
        /** Slots on as few TaskManagers as hold the job. */
        PACK
    }

    /** Who places the tasks of streaming jobs. */
    public static final ConfigOption<Mode> MODE =
            key("scheduler.placement.mode")
                    .enumType(Mode.class)
                    .defaultValue(Mode.UPSTREAM)
                    .withDescription(
                            "How the tasks of streaming jobs are placed in slots: 'upstream', as in"
                                    + " the official release; 'locality', with the fewest bytes"
                                    + " across zones, racks and hosts, and no TaskManager more"
                                    + " loaded than upstream's; 'balanced', with the lowest load of"
                                    + " the most loaded TaskManager; 'auto', balanced within two"
                                    + " per cent of the bytes where the costs of operators are"
                                    + " known, else locality. An option of the cluster.");

    /** Which slots are used where there are more than needed. */
    public static final ConfigOption<Slots> SLOTS =
            key("scheduler.placement.slots")
                    .enumType(Slots.class)
                    .defaultValue(Slots.SPREAD)
                    .withDescription(
                            "Where there are more slots than a job needs: 'spread' over all"
                                    + " TaskManagers, or 'pack' into as few as hold it. If it is not"
                                    + " set, the adaptive scheduler packs where upstream's does:"
                                    + " in application mode, with"
                                    + " jobmanager.adaptive-scheduler.prefer-minimal-taskmanagers.");

    /** What operators cost. */
    public static final ConfigOption<Map<String, String>> COSTS =
            key("scheduler.placement.costs")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "What operators cost, for example 'window:8,enrich:2.5': by the uid of"
                                    + " the operator, the first one of a chain, how much CPU one"
                                    + " subtask takes. Others have a cost of 1. Only the"
                                    + " proportions count.");

    /** Where profiles of jobs are kept. */
    public static final ConfigOption<String> PROFILE_DIR =
            key("scheduler.placement.profile.dir")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "A directory on a file system that Flink can write to, for what jobs"
                                    + " have cost. It is written when a job ends, and read when a"
                                    + " job of the same name starts: costs of operators without a"
                                    + " hint.");

    /** What a TaskManager can send. */
    public static final ConfigOption<MemorySize> BANDWIDTH =
            key("scheduler.placement.bandwidth")
                    .memoryType()
                    .noDefaultValue()
                    .withDescription(
                            "How many bytes a second a TaskManager can send to other hosts, for"
                                    + " example '1gb'. A TaskManager whose tasks would send as much"
                                    + " counts as loaded as the mean of all by CPU. If it is not"
                                    + " set, the network loads none.");

    /** The bound of the search for a better plan, in changes tried. */
    public static final ConfigOption<Long> SEARCH_STEPS =
            key("scheduler.placement.search.steps")
                    .longType()
                    .defaultValue(300_000L)
                    .withDescription(
                            "How many changes of a plan may be tried to make it better. A"
                                    + " million take about a second.");

    /** When the search for a better plan ends, whatever its bound. */
    public static final ConfigOption<Duration> SEARCH_TIMEOUT =
            key("scheduler.placement.search.timeout")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(2))
                    .withDescription(
                            "When the search ends on a machine too slow for its steps. The best"
                                    + " plan so far counts. The JobMaster does nothing else in the"
                                    + " meantime.");

    /** Where a TaskManager is. */
    public static final ConfigOption<String> LOCALITY =
            key("taskmanager.locality")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Where the TaskManager is: 'zone=a,rack=r1', or one of the two. The"
                                    + " environment variable FLINK_TASKMANAGER_LOCALITY counts"
                                    + " where it is not set.");

    /** Where TaskManagers are that cannot tell it. */
    public static final ConfigOption<String> LOCALITY_FILE =
            key("scheduler.placement.locality-file")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "A file on the JobManager that says where TaskManagers are which do not"
                                    + " say so themselves: lines of an address, node id or resource"
                                    + " id, a blank, and 'zone=a,rack=r1'.");

    private PlacementOptions() {}
}
