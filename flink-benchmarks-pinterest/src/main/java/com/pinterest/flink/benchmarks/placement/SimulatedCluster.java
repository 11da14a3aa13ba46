// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.ApplicationID;
import org.apache.flink.api.common.resources.CPUResource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.blob.VoidBlobWriter;
import org.apache.flink.runtime.blocklist.BlocklistOperations;
import org.apache.flink.runtime.checkpoint.StandaloneCheckpointRecoveryFactory;
import org.apache.flink.runtime.clusterframework.types.AllocationID;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.clusterframework.types.ResourceProfile;
import org.apache.flink.runtime.concurrent.ComponentMainThreadExecutor;
import org.apache.flink.runtime.deployment.TaskDeploymentDescriptor;
import org.apache.flink.runtime.instance.InstanceID;
import org.apache.flink.runtime.io.network.partition.JobMasterPartitionTracker;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmanager.slots.TaskManagerGateway;
import org.apache.flink.runtime.jobmaster.DefaultExecutionDeploymentTracker;
import org.apache.flink.runtime.jobmaster.DefaultSlotPoolServiceSchedulerFactory;
import org.apache.flink.runtime.jobmaster.JobMasterId;
import org.apache.flink.runtime.jobmaster.slotpool.DefaultDeclarativeSlotPoolFactory;
import org.apache.flink.runtime.jobmaster.slotpool.SlotPoolService;
import org.apache.flink.runtime.metrics.MetricRegistry;
import org.apache.flink.runtime.metrics.groups.JobManagerMetricGroup;
import org.apache.flink.runtime.metrics.scope.ScopeFormats;
import org.apache.flink.runtime.resourcemanager.ResourceManagerGateway;
import org.apache.flink.runtime.resourcemanager.registration.TaskExecutorConnection;
import org.apache.flink.runtime.resourcemanager.slotmanager.DefaultResourceAllocationStrategy;
import org.apache.flink.runtime.resourcemanager.slotmanager.FineGrainedTaskManagerTracker;
import org.apache.flink.runtime.resourcemanager.slotmanager.SlotManagerUtils;
import org.apache.flink.runtime.scheduler.SchedulerNG;
import org.apache.flink.runtime.scheduler.strategy.ExecutionVertexID;
import org.apache.flink.runtime.shuffle.ShuffleMaster;
import org.apache.flink.runtime.shuffle.ShuffleMasterContextImpl;
import org.apache.flink.runtime.shuffle.ShuffleServiceLoader;
import org.apache.flink.runtime.slots.ResourceRequirement;
import org.apache.flink.runtime.slots.ResourceRequirements;
import org.apache.flink.runtime.taskexecutor.TaskExecutorGateway;
import org.apache.flink.runtime.taskexecutor.slot.SlotOffer;
import org.apache.flink.runtime.taskmanager.TaskManagerLocation;
import org.apache.flink.util.concurrent.ScheduledExecutorServiceAdapter;
import org.slf4j.LoggerFactory;

/**
 * TaskManagers that only take note of the tasks that they get, and the parts of a JobMaster and a
 * ResourceManager that decide which these are: the slot pool and scheduler that a configuration
 * asks for, and the strategy of the ResourceManager. All of these are upstream's, or the
 * distribution's, own.
 */
final class SimulatedCluster {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ResourceProfile TASK_MANAGER =
            ResourceProfile.newBuilder()
                    .setCpuCores(4)
                    .setTaskHeapMemoryMB(400)
                    .setManagedMemoryMB(400)
                    .setNetworkMemoryMB(400)
                    .build();

    /** The number of slots of a TaskManager. */
    static final int SLOTS = 4;

    private final int taskManagers;

    /** Creates a cluster of so many TaskManagers in three zones of two racks each. */
    SimulatedCluster(int taskManagers) {
        this.taskManagers = taskManagers;
    }

    int taskManagers() {
        return taskManagers;
    }

    int zoneOf(int taskManager) {
        return taskManager % 3;
    }

    int rackOf(int taskManager) {
        return taskManager % 6;
    }

    /**
     * Where the tasks of a job were deployed.
     *
     * @param taskManagerOf by the task
     * @param gauges of the job on the JobManager, by their last names
     */
    record Deployment(Map<ExecutionVertexID, Integer> taskManagerOf, Map<String, Object> gauges) {

        int of(PlacedCase.Vertex vertex, int subtask) {
            return taskManagerOf.get(new ExecutionVertexID(vertex.id(), subtask));
        }
    }

    /** A main thread that does not check who calls. */
    private static final class MainThread extends ScheduledExecutorServiceAdapter
            implements ComponentMainThreadExecutor {

        MainThread(ScheduledExecutorService executor) {
            super(executor);
        }

        @Override
        public void assertRunningInMainThread() {}
    }

    /** Schedules and deploys a job. The TaskManagers offer their slots in a random order. */
    Deployment deploy(PlacedCase placed, Configuration configuration) throws Exception {
        ScheduledExecutorService mainThread = Executors.newSingleThreadScheduledExecutor();
        ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor();
        try {
            return deploy(placed, configuration, new MainThread(mainThread), others);
        } finally {
            mainThread.shutdownNow();
            others.shutdownNow();
        }
    }

    private Deployment deploy(
            PlacedCase placed,
            Configuration configuration,
            MainThread mainThread,
            ScheduledExecutorService others)
            throws Exception {
        JobGraph job = placed.jobGraph();
        Map<ExecutionVertexID, Integer> taskManagerOf = new ConcurrentHashMap<>();
        Map<String, Gauge<?>> gauges = new ConcurrentHashMap<>();
        CountDownLatch deployed = new CountDownLatch(placed.tasks());
        CompletableFuture<ResourceRequirements> required = new CompletableFuture<>();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        ShuffleMaster<?> shuffleMaster =
                ShuffleServiceLoader.loadShuffleServiceFactory(configuration)
                        .createShuffleMaster(
                                new ShuffleMasterContextImpl(configuration, failure::complete));

        DefaultSlotPoolServiceSchedulerFactory factory =
                DefaultSlotPoolServiceSchedulerFactory.fromConfiguration(
                        configuration, job.getJobType(), false);
        SlotPoolService slotPool =
                factory.createSlotPoolService(
                        job.getJobID(),
                        new ApplicationID(),
                        new DefaultDeclarativeSlotPoolFactory(),
                        mainThread);
        SchedulerNG scheduler =
                factory.createScheduler(
                        LoggerFactory.getLogger(SimulatedCluster.class),
                        job,
                        others,
                        configuration,
                        slotPool,
                        others,
                        SimulatedCluster.class.getClassLoader(),
                        new StandaloneCheckpointRecoveryFactory(),
                        PATIENCE,
                        VoidBlobWriter.getInstance(),
                        JobManagerMetricGroup.createJobManagerMetricGroup(
                                        registry(configuration, gauges), "host")
                                .addJob(job.getJobID(), placed.name()),
                        PATIENCE,
                        shuffleMaster,
                        Stub.of(JobMasterPartitionTracker.class, Map.of()),
                        new DefaultExecutionDeploymentTracker(),
                        System.currentTimeMillis(),
                        mainThread,
                        failure::complete,
                        (id, status, timestamp) -> {
                            if (status.isTerminalState()) {
                                failure.complete(new IllegalStateException("The job is " + status));
                            }
                        },
                        List.of(),
                        Stub.of(BlocklistOperations.class, Map.of()));
        ResourceManagerGateway resourceManager =
                Stub.of(
                        ResourceManagerGateway.class,
                        Map.of(
                                "declareRequiredResources",
                                arguments -> {
                                    ResourceRequirements declared =
                                            (ResourceRequirements) arguments[1];
                                    if (slots(declared) >= placed.slots()) {
                                        required.complete(declared);
                                    }
                                    return Stub.DONE;
                                }));
        in(
                mainThread,
                () -> {
                    slotPool.start(JobMasterId.generate(), "jobmaster");
                    slotPool.connectToResourceManager(resourceManager);
                    scheduler.startScheduling();
                });
        List<Integer> offers =
                allocate(configuration, required.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        List<Integer> order = new ArrayList<>();
        for (int taskManager = 0; taskManager < taskManagers; taskManager++) {
            order.add(taskManager);
        }
        Collections.shuffle(order, new Random());
        for (int taskManager : order) {
            if (offers.get(taskManager) > 0) {
                TaskManagerGateway gateway =
                        Stub.of(
                                TaskManagerGateway.class,
                                Map.of(
                                        "submitTask",
                                        arguments -> {
                                            TaskDeploymentDescriptor task =
                                                    (TaskDeploymentDescriptor) arguments[0];
                                            taskManagerOf.put(
                                                    task.getExecutionAttemptId()
                                                            .getExecutionVertexId(),
                                                    taskManager);
                                            deployed.countDown();
                                            return Stub.DONE;
                                        }));
                in(
                        mainThread,
                        () -> offer(slotPool, gateway, taskManager, offers.get(taskManager)));
            }
        }
        CompletableFuture<Void> unused =
                failure.thenAccept(
                        reason -> {
                            while (deployed.getCount() > 0) {
                                deployed.countDown();
                            }
                        });
        boolean inTime = deployed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (!inTime || taskManagerOf.size() != placed.tasks()) {
            throw new IllegalStateException(
                    String.format(
                            "%s: %d of %d tasks were deployed",
                            placed.name(), taskManagerOf.size(), placed.tasks()),
                    failure.getNow(null));
        }
        Map<String, Object> figures = new HashMap<>();
        gauges.forEach((name, gauge) -> figures.put(name, gauge.getValue()));
        // Or else the placement of the next job would count this one's slots.
        in(
                mainThread,
                () -> {
                    CompletableFuture<Void> unusedEnd = scheduler.closeAsync();
                });
        return new Deployment(taskManagerOf, figures);
    }

    private static MetricRegistry registry(
            Configuration configuration, Map<String, Gauge<?>> gauges) {
        ScopeFormats formats = ScopeFormats.fromConfig(configuration);
        return Stub.of(
                MetricRegistry.class,
                Map.of(
                        "getDelimiter", arguments -> '.',
                        "getScopeFormats", arguments -> formats,
                        "register",
                                arguments -> {
                                    // Some of upstream's answer only in a running JobMaster.
                                    if (arguments[0] instanceof Gauge<?> gauge
                                            && arguments[1].equals(PlacementFigures.PLANNING)) {
                                        gauges.put((String) arguments[1], gauge);
                                    }
                                    return null;
                                }));
    }

    private static int slots(ResourceRequirements requirements) {
        return requirements.getResourceRequirements().stream()
                .mapToInt(ResourceRequirement::getNumberOfRequiredSlots)
                .sum();
    }

    /** Lets the ResourceManager's strategy decide how many slots each TaskManager gives. */
    private List<Integer> allocate(Configuration configuration, ResourceRequirements required) {
        FineGrainedTaskManagerTracker tracker = new FineGrainedTaskManagerTracker();
        ResourceProfile slot =
                SlotManagerUtils.generateDefaultSlotResourceProfile(TASK_MANAGER, SLOTS);
        Map<InstanceID, Integer> numbers = new HashMap<>();
        for (int taskManager = 0; taskManager < taskManagers; taskManager++) {
            TaskExecutorConnection connection =
                    new TaskExecutorConnection(
                            new ResourceID("tm" + taskManager),
                            Stub.of(TaskExecutorGateway.class, Map.of()));
            tracker.addTaskManager(connection, TASK_MANAGER, slot);
            numbers.put(connection.getInstanceID(), taskManager);
        }
        List<Integer> counts = new ArrayList<>(Collections.nCopies(taskManagers, 0));
        new DefaultResourceAllocationStrategy(
                        TASK_MANAGER,
                        SLOTS,
                        configuration.get(TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE),
                        PATIENCE,
                        0,
                        new CPUResource(0),
                        MemorySize.ZERO)
                .tryFulfillRequirements(
                        Map.of(required.getJobId(), required.getResourceRequirements()),
                        tracker,
                        id -> false)
                .getAllocationsOnRegisteredResources()
                .getOrDefault(required.getJobId(), Map.of())
                .forEach((id, slots) -> counts.set(numbers.get(id), slots.getTotalResourceCount()));
        return counts;
    }

    private void offer(
            SlotPoolService slotPool, TaskManagerGateway gateway, int number, int slots) {
        TaskManagerLocation location =
                new TaskManagerLocation(
                        new ResourceID(
                                "tm" + number,
                                "zone=z" + zoneOf(number) + ",rack=r" + rackOf(number)),
                        InetAddress.getLoopbackAddress(),
                        1 + number,
                        new TaskManagerLocation.IpOnlyHostNameSupplier(
                                InetAddress.getLoopbackAddress()),
                        "host" + number);
        List<SlotOffer> offers = new ArrayList<>();
        ResourceProfile slot =
                SlotManagerUtils.generateDefaultSlotResourceProfile(TASK_MANAGER, SLOTS);
        for (int index = 0; index < slots; index++) {
            offers.add(new SlotOffer(new AllocationID(), index, slot));
        }
        slotPool.registerTaskManager(location.getResourceID());
        slotPool.offerSlots(location, gateway, offers);
    }

    /** What may fail. */
    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    private static void in(MainThread mainThread, Step step) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        mainThread.execute(
                () -> {
                    try {
                        step.run();
                        done.complete(null);
                    } catch (Exception e) {
                        done.completeExceptionally(e);
                    }
                });
        done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
