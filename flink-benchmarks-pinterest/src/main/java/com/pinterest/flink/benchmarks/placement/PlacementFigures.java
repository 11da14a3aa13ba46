// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.ProcessCpu;
import com.pinterest.flink.benchmarks.placement.SimulatedCluster.Deployment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.JobManagerOptions.SchedulerType;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.TaskManagerOptions.TaskManagerLoadBalanceMode;

/**
 * A measurement of placements. It lets a scheduler of this tree deploy jobs on simulated
 * TaskManagers and prints what the placements cost.
 *
 * <p>Arguments: "vanilla" or "ours", how often each job is deployed, how many tasks the jobs have
 * that are timed, divided by commas, and a regular expression for the names of the cases.
 */
public final class PlacementFigures {

    /** The name of the gauge that tells how long a plan has taken. */
    static final String PLANNING = "planningMs";

    private static final List<SchedulerType> SCHEDULERS =
            List.of(SchedulerType.Default, SchedulerType.Adaptive);
    private static final List<TaskManagerLoadBalanceMode> MODES =
            List.of(
                    TaskManagerLoadBalanceMode.NONE,
                    TaskManagerLoadBalanceMode.SLOTS,
                    TaskManagerLoadBalanceMode.TASKS);
    private static final double WRONG = 0.7;

    /** What the planner knows of the costs of operators. */
    private enum Knowledge {
        KNOWN(""),
        NONE("-nocosts"),
        /** Each cost is wrong by up to 70 %. */
        WRONG("-wrong70");

        private final String suffix;

        Knowledge(String suffix) {
            this.suffix = suffix;
        }
    }

    private record Job(PlacedCase placed, Knowledge knowledge) {

        String row(PlacementMetric metric, SchedulerType scheduler, String mode) {
            return String.join(
                    ".",
                    placed.name() + knowledge.suffix,
                    metric.id(),
                    scheduler.name().toLowerCase(Locale.ROOT),
                    mode);
        }
    }

    private final boolean vanilla;
    private final Pattern names;

    private PlacementFigures(boolean vanilla, Pattern names) {
        this.vanilla = vanilla;
        this.names = names;
    }

    /** Runs the measurement. */
    public static void main(String[] arguments) throws Exception {
        PlacementFigures figures =
                new PlacementFigures(arguments[0].equals("vanilla"), Pattern.compile(arguments[3]));
        int draws = Integer.parseInt(arguments[1]);
        for (int draw = 0; draw < draws; draw++) {
            for (Job job : jobs()) {
                for (SchedulerType scheduler : SCHEDULERS) {
                    figures.measure(job, scheduler);
                }
            }
        }
        for (String tasks : arguments[2].split(",", -1)) {
            for (SchedulerType scheduler : SCHEDULERS) {
                figures.time(PlacedCase.large(Integer.parseInt(tasks)), scheduler);
            }
        }
        // Schedulers leave threads of their own.
        System.exit(0);
    }

    private static List<Job> jobs() {
        List<Job> jobs = new ArrayList<>();
        PlacedCase.ALL.forEach(placed -> jobs.add(new Job(placed, Knowledge.KNOWN)));
        PlacedCase.ALL.forEach(placed -> jobs.add(new Job(placed, Knowledge.NONE)));
        jobs.add(new Job(PlacedCase.SKEWED, Knowledge.WRONG));
        return jobs;
    }

    /** Returns the names of all cases. */
    public static List<String> caseNames(List<Integer> tasks) {
        List<String> cases = new ArrayList<>();
        for (Job job : jobs()) {
            for (SchedulerType scheduler : SCHEDULERS) {
                for (PlacementMetric metric : PlacementMetric.values()) {
                    MODES.forEach(mode -> cases.add(job.row(metric, scheduler, mode.name())));
                }
            }
        }
        for (int count : tasks) {
            for (SchedulerType scheduler : SCHEDULERS) {
                cases.add(timed("deploy", count, scheduler));
                cases.add(timed("plan", count, scheduler));
            }
        }
        return cases;
    }

    private static String timed(String what, int tasks, SchedulerType scheduler) {
        return String.format(
                "%s.tasks%d.%s", what, tasks, scheduler.name().toLowerCase(Locale.ROOT));
    }

    private void measure(Job job, SchedulerType scheduler) throws Exception {
        Map<TaskManagerLoadBalanceMode, Map<PlacementMetric, Double>> figures =
                new EnumMap<>(TaskManagerLoadBalanceMode.class);
        Map<PlacementMetric, Double> ours = Map.of();
        if (vanilla) {
            for (TaskManagerLoadBalanceMode mode : MODES) {
                if (wanted(job, scheduler, mode)) {
                    figures.put(mode, figures(job, vanilla(scheduler, mode)));
                }
            }
        } else if (MODES.stream().anyMatch(mode -> wanted(job, scheduler, mode))) {
            ours = figures(job, ours(scheduler, job));
        }
        for (PlacementMetric metric : PlacementMetric.values()) {
            for (TaskManagerLoadBalanceMode mode : MODES) {
                if (wanted(job, scheduler, mode)) {
                    new Measurement(
                                    job.row(metric, scheduler, mode.name()),
                                    metric.unit(),
                                    Better.LOWER,
                                    (vanilla ? figures.get(mode) : ours).get(metric))
                            .print();
                }
            }
        }
    }

    private boolean wanted(Job job, SchedulerType scheduler, TaskManagerLoadBalanceMode mode) {
        for (PlacementMetric metric : PlacementMetric.values()) {
            if (names.matcher(job.row(metric, scheduler, mode.name())).find()) {
                return true;
            }
        }
        return false;
    }

    private static Map<PlacementMetric, Double> figures(Job job, Configuration configuration)
            throws Exception {
        SimulatedCluster cluster = new SimulatedCluster(20);
        return PlacementMetric.of(
                job.placed(), cluster, cluster.deploy(job.placed(), configuration));
    }

    /** Measures the CPU time of scheduling and deploying, and how much of it is planning. */
    private void time(PlacedCase placed, SchedulerType scheduler) throws Exception {
        String deploy = timed("deploy", placed.tasks(), scheduler);
        String plan = timed("plan", placed.tasks(), scheduler);
        if (!names.matcher(deploy).find() && !names.matcher(plan).find()) {
            return;
        }
        Configuration configuration =
                vanilla
                        ? vanilla(scheduler, TaskManagerLoadBalanceMode.SLOTS)
                        : ours(scheduler, new Job(placed, Knowledge.KNOWN));
        SimulatedCluster cluster =
                new SimulatedCluster(
                        (placed.slots() + SimulatedCluster.SLOTS - 1) / SimulatedCluster.SLOTS);
        // The first deployment is the compiler's.
        cluster.deploy(placed, configuration);
        long start = ProcessCpu.nanoseconds();
        Deployment deployment = cluster.deploy(placed, configuration);
        double milliseconds = (ProcessCpu.nanoseconds() - start) / 1e6;
        new Measurement(deploy, "ms", Better.LOWER, milliseconds).print();
        double planning = vanilla ? milliseconds : (Double) deployment.gauges().get(PLANNING);
        new Measurement(plan, "ms", Better.LOWER, planning).print();
    }

    private static Configuration vanilla(SchedulerType scheduler, TaskManagerLoadBalanceMode mode) {
        Configuration configuration = new Configuration();
        configuration.set(JobManagerOptions.SCHEDULER, scheduler);
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, SimulatedCluster.SLOTS);
        configuration.set(TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE, mode);
        return configuration;
    }

    /** The options are named here, as the twin has no constants for them. */
    private static Configuration ours(SchedulerType scheduler, Job job) {
        Configuration configuration = vanilla(scheduler, TaskManagerLoadBalanceMode.SLOTS);
        configuration.setString("scheduler.placement.mode", "auto");
        List<String> costs = new ArrayList<>();
        Random random = new Random();
        for (PlacedCase.Vertex vertex : job.placed().vertices()) {
            double error =
                    job.knowledge() == Knowledge.WRONG ? WRONG * (2 * random.nextDouble() - 1) : 0;
            costs.add(vertex.name() + ":" + vertex.cpu() * (1 + error));
        }
        if (job.knowledge() != Knowledge.NONE) {
            configuration.setString("scheduler.placement.costs", String.join(",", costs));
        }
        return configuration;
    }
}
