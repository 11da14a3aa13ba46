// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.Arrays;

/**
 * Items on TaskManagers, with loads and bytes kept up to date at each change. Slots do not matter
 * here: what tasks on one TaskManager say to each other stays there. Not thread-safe.
 *
 * <p>An all-to-all edge needs only the numbers of subtasks by TaskManager, host, rack and zone, so
 * that a change costs a few operations for each edge; a pointwise edge, one for each channel.
 */
final class Layout {

    private static final int NOWHERE = -1;

    private final TaskGraph graph;
    private final Costs costs;
    private final Cluster cluster;
    private final Items items;
    private final int taskManagers;
    private final boolean networkCounts;

    // Of vertices: parallelism, cost of a subtask, edges.
    private final int[] parallelism;
    private final double[] cpuOfTask;
    private final double[] stateIoOfTask;
    private final int[][] outputs;
    private final int[][] inputs;

    // Of edges: ends, pattern, bytes of an all-to-all channel or of a pointwise producer.
    private final int[] source;
    private final int[] target;
    private final boolean[] allToAll;
    private final double[] bytes;

    // Where tasks and items are.
    private final int[][] taskManagerOfTask;
    private final double[] cpuOfItem;
    private final double[] stateIoOfItem;
    private final int[] taskManagerOfItem;
    private final int[][] itemsAt;
    private final int[] itemCount;
    private final int[][] classCount;
    private final int[] placed;
    private final int[][] onTaskManager;
    private final int[][] onHost;
    private final int[][] onRack;
    private final int[][] onZone;

    private final int[][] taskManagersOfHost;
    private final double[] cpu;
    private final double[] stateIo;
    private final double[] pointwiseOut;
    private double crossZone;
    private double crossRack;
    private double crossHost;

    Layout(TaskGraph graph, Costs costs, Cluster cluster, Items items) {
        this.graph = graph;
        this.costs = costs;
        this.cluster = cluster;
        this.items = items;
        int vertices = graph.vertices().size();
        int edges = graph.edges().size();
        this.taskManagers = cluster.taskManagers().size();
        this.networkCounts =
                cluster.taskManagers().stream().anyMatch(tm -> !Double.isInfinite(tm.network()));
        this.parallelism = new int[vertices];
        this.cpuOfTask = new double[vertices];
        this.stateIoOfTask = new double[vertices];
        this.taskManagerOfTask = new int[vertices][];
        for (int v = 0; v < vertices; v++) {
            parallelism[v] = graph.vertices().get(v).parallelism();
            cpuOfTask[v] = costs.cpu(v) / parallelism[v];
            stateIoOfTask[v] = costs.stateIo(v) / parallelism[v];
            taskManagerOfTask[v] = new int[parallelism[v]];
            Arrays.fill(taskManagerOfTask[v], NOWHERE);
        }
        this.source = new int[edges];
        this.target = new int[edges];
        this.allToAll = new boolean[edges];
        this.bytes = new double[edges];
        for (int e = 0; e < edges; e++) {
            TaskGraph.Edge edge = graph.edges().get(e);
            source[e] = edge.source();
            target[e] = edge.target();
            allToAll[e] = edge.pattern() == TaskGraph.Pattern.ALL_TO_ALL;
            bytes[e] = costs.edgeBytes(e) / parallelism[source[e]];
            if (allToAll[e]) {
                bytes[e] /= parallelism[target[e]];
            }
        }
        this.outputs = edgesOf(source, vertices);
        this.inputs = edgesOf(target, vertices);
        this.cpuOfItem = new double[items.count()];
        this.stateIoOfItem = new double[items.count()];
        for (int item = 0; item < items.count(); item++) {
            for (int task = items.firstTask(item); task < items.endTask(item); task++) {
                cpuOfItem[item] += cpuOfTask[items.vertexOf(task)];
                stateIoOfItem[item] += stateIoOfTask[items.vertexOf(task)];
            }
        }
        this.taskManagerOfItem = new int[items.count()];
        Arrays.fill(taskManagerOfItem, NOWHERE);
        this.itemsAt = new int[taskManagers][4];
        this.itemCount = new int[taskManagers];
        this.classCount = new int[items.classes()][taskManagers];
        this.placed = new int[vertices];
        int hosts = 0;
        int racks = 0;
        int zones = 0;
        for (int t = 0; t < taskManagers; t++) {
            hosts = Math.max(hosts, cluster.hostOf(t) + 1);
            racks = Math.max(racks, cluster.rackOf(t) + 1);
            zones = Math.max(zones, cluster.zoneOf(t) + 1);
        }
        this.onTaskManager = new int[vertices][taskManagers];
        this.onHost = new int[vertices][hosts];
        this.onRack = new int[vertices][racks];
        this.onZone = new int[vertices][zones];
        this.taskManagersOfHost = new int[hosts][0];
        for (int t = 0; t < taskManagers; t++) {
            int host = cluster.hostOf(t);
            taskManagersOfHost[host] =
                    Arrays.copyOf(taskManagersOfHost[host], taskManagersOfHost[host].length + 1);
            taskManagersOfHost[host][taskManagersOfHost[host].length - 1] = t;
        }
        this.cpu = new double[taskManagers];
        this.stateIo = new double[taskManagers];
        this.pointwiseOut = new double[taskManagers];
    }

    private static int[][] edgesOf(int[] end, int vertices) {
        int[] count = new int[vertices];
        for (int v : end) {
            count[v]++;
        }
        int[][] edges = new int[vertices][];
        for (int v = 0; v < vertices; v++) {
            edges[v] = new int[count[v]];
        }
        for (int e = end.length - 1; e >= 0; e--) {
            edges[end[e]][--count[end[e]]] = e;
        }
        return edges;
    }

    /** Puts items where a placement has them. */
    void follow(Placement placement) {
        for (int item = 0; item < items.count(); item++) {
            int task = items.firstTask(item);
            int slot = placement.slotOf(items.vertexOf(task), items.indexOf(task));
            place(item, cluster.taskManagerOf(slot));
        }
    }

    int taskManagerOf(int item) {
        return taskManagerOfItem[item];
    }

    int taskManagerOf(int vertex, int subtask) {
        return taskManagerOfTask[vertex][subtask];
    }

    /** The number of items on a TaskManager. */
    int itemsOn(int taskManager) {
        return itemCount[taskManager];
    }

    int itemOn(int taskManager, int position) {
        return itemsAt[taskManager][position];
    }

    /** The number of items of a class on a TaskManager. */
    int countOf(int itemClass, int taskManager) {
        return classCount[itemClass][taskManager];
    }

    /** The CPU cost of an item. */
    double cpuOf(int item) {
        return cpuOfItem[item];
    }

    /** The TaskManager of each item, as a copy. */
    int[] taskManagerOfItems() {
        return taskManagerOfItem.clone();
    }

    double crossZone() {
        return crossZone;
    }

    double crossRack() {
        return crossRack;
    }

    double crossHost() {
        return crossHost;
    }

    /** The edges that a vertex writes to. */
    int[] outputsOf(int vertex) {
        return outputs[vertex];
    }

    /** The edges that a vertex reads from. */
    int[] inputsOf(int vertex) {
        return inputs[vertex];
    }

    boolean isAllToAll(int edge) {
        return allToAll[edge];
    }

    int sourceOf(int edge) {
        return source[edge];
    }

    int targetOf(int edge) {
        return target[edge];
    }

    int parallelismOf(int vertex) {
        return parallelism[vertex];
    }

    boolean networkCounts() {
        return networkCounts;
    }

    void place(int item, int taskManager) {
        for (int task = items.firstTask(item); task < items.endTask(item); task++) {
            int vertex = items.vertexOf(task);
            int subtask = items.indexOf(task);
            count(vertex, subtask, taskManager, 1);
            change(vertex, taskManager, 1);
            taskManagerOfTask[vertex][subtask] = taskManager;
        }
        taskManagerOfItem[item] = taskManager;
        classCount[items.classOf(item)][taskManager]++;
        if (itemCount[taskManager] == itemsAt[taskManager].length) {
            itemsAt[taskManager] = Arrays.copyOf(itemsAt[taskManager], itemCount[taskManager] * 2);
        }
        itemsAt[taskManager][itemCount[taskManager]++] = item;
    }

    void remove(int item) {
        int taskManager = taskManagerOfItem[item];
        for (int task = items.endTask(item) - 1; task >= items.firstTask(item); task--) {
            int vertex = items.vertexOf(task);
            int subtask = items.indexOf(task);
            taskManagerOfTask[vertex][subtask] = NOWHERE;
            change(vertex, taskManager, -1);
            count(vertex, subtask, taskManager, -1);
        }
        taskManagerOfItem[item] = NOWHERE;
        classCount[items.classOf(item)][taskManager]--;
        int[] here = itemsAt[taskManager];
        int position = 0;
        while (here[position] != item) {
            position++;
        }
        here[position] = here[--itemCount[taskManager]];
    }

    void move(int item, int taskManager) {
        remove(item);
        place(item, taskManager);
    }

    void swap(int item, int other) {
        int here = taskManagerOfItem[item];
        int there = taskManagerOfItem[other];
        remove(item);
        remove(other);
        place(item, there);
        place(other, here);
    }

    private void change(int vertex, int taskManager, int by) {
        placed[vertex] += by;
        onTaskManager[vertex][taskManager] += by;
        onHost[vertex][cluster.hostOf(taskManager)] += by;
        onRack[vertex][cluster.rackOf(taskManager)] += by;
        onZone[vertex][cluster.zoneOf(taskManager)] += by;
        cpu[taskManager] += by * cpuOfTask[vertex];
        stateIo[taskManager] += by * stateIoOfTask[vertex];
    }

    /** Counts the bytes between a subtask and all others, itself being nowhere. */
    private void count(int vertex, int subtask, int taskManager, int sign) {
        for (int e : outputs[vertex]) {
            int other = target[e];
            if (allToAll[e]) {
                countAllToAll(other, taskManager, sign * bytes[e]);
                continue;
            }
            int first = Pointwise.first(subtask, parallelism[vertex], parallelism[other], true);
            int end = Pointwise.end(subtask, parallelism[vertex], parallelism[other], true);
            double channel = sign * bytes[e] / (end - first);
            for (int i = first; i < end; i++) {
                countChannel(taskManager, taskManagerOfTask[other][i], channel);
            }
        }
        for (int e : inputs[vertex]) {
            int other = source[e];
            if (allToAll[e]) {
                countAllToAll(other, taskManager, sign * bytes[e]);
                continue;
            }
            int first = Pointwise.first(subtask, parallelism[vertex], parallelism[other], false);
            int end = Pointwise.end(subtask, parallelism[vertex], parallelism[other], false);
            for (int i = first; i < end; i++) {
                int consumers =
                        Pointwise.end(i, parallelism[other], parallelism[vertex], true)
                                - Pointwise.first(i, parallelism[other], parallelism[vertex], true);
                countChannel(taskManagerOfTask[other][i], taskManager, sign * bytes[e] / consumers);
            }
        }
    }

    private void countAllToAll(int other, int taskManager, double channel) {
        crossHost += channel * (placed[other] - onHost[other][cluster.hostOf(taskManager)]);
        crossRack += channel * (placed[other] - onRack[other][cluster.rackOf(taskManager)]);
        crossZone += channel * (placed[other] - onZone[other][cluster.zoneOf(taskManager)]);
    }

    private void countChannel(int from, int to, double channel) {
        if (from == to || from == NOWHERE || to == NOWHERE) {
            return;
        }
        if (cluster.hostOf(from) != cluster.hostOf(to)) {
            crossHost += channel;
            pointwiseOut[from] += channel;
        }
        if (cluster.rackOf(from) != cluster.rackOf(to)) {
            crossRack += channel;
        }
        if (cluster.zoneOf(from) != cluster.zoneOf(to)) {
            crossZone += channel;
        }
    }

    /** The highest share of a capacity that a TaskManager has in use. */
    double utilisation(int taskManager) {
        Cluster.TaskManager capacity = cluster.taskManagers().get(taskManager);
        double utilisation =
                Math.max(
                        cpu[taskManager] / capacity.cpu(),
                        stateIo[taskManager] / capacity.stateIo());
        if (!networkCounts) {
            return utilisation;
        }
        int host = cluster.hostOf(taskManager);
        double out = pointwiseOut[taskManager];
        for (int e = 0; e < bytes.length; e++) {
            if (allToAll[e]) {
                out +=
                        bytes[e]
                                * onTaskManager[source[e]][taskManager]
                                * (placed[target[e]] - onHost[target[e]][host]);
            }
        }
        return Math.max(utilisation, out / capacity.network());
    }

    /**
     * A lower bound of the utilisation of a TaskManager after a change, without making it: what it
     * computes, not what it sends.
     *
     * @param leaving an item that would leave it, or -1
     * @param coming an item that would come to it, or -1
     */
    double utilisationAfter(int taskManager, int leaving, int coming) {
        Cluster.TaskManager capacity = cluster.taskManagers().get(taskManager);
        double newCpu = cpu[taskManager];
        double newStateIo = stateIo[taskManager];
        if (leaving >= 0) {
            newCpu -= cpuOfItem[leaving];
            newStateIo -= stateIoOfItem[leaving];
        }
        if (coming >= 0) {
            newCpu += cpuOfItem[coming];
            newStateIo += stateIoOfItem[coming];
        }
        return Math.max(newCpu / capacity.cpu(), newStateIo / capacity.stateIo());
    }

    /** The highest utilisation of the TaskManagers on the host of one of them. */
    double utilisationOfHost(int taskManager) {
        double highest = 0;
        for (int neighbour : taskManagersOfHost[cluster.hostOf(taskManager)]) {
            highest = Math.max(highest, utilisation(neighbour));
        }
        return highest;
    }

    /** The highest utilisation of the TaskManagers that send to an item over pointwise edges. */
    double utilisationOfProducers(int item) {
        double highest = 0;
        for (int task = items.firstTask(item); task < items.endTask(item); task++) {
            int vertex = items.vertexOf(task);
            int subtask = items.indexOf(task);
            for (int e : inputs[vertex]) {
                if (allToAll[e]) {
                    continue;
                }
                int count = parallelism[vertex];
                int others = parallelism[source[e]];
                int end = Pointwise.end(subtask, count, others, false);
                for (int i = Pointwise.first(subtask, count, others, false); i < end; i++) {
                    int at = taskManagerOfTask[source[e]][i];
                    highest = Math.max(highest, utilisation(at));
                }
            }
        }
        return highest;
    }

    /** The highest utilisation of all TaskManagers. */
    double utilisation() {
        double highest = 0;
        for (int t = 0; t < taskManagers; t++) {
            highest = Math.max(highest, utilisation(t));
        }
        return highest;
    }

    /** The mean utilisation of all TaskManagers. */
    double meanUtilisation() {
        double sum = 0;
        for (int t = 0; t < taskManagers; t++) {
            sum += utilisation(t);
        }
        return sum / taskManagers;
    }

    /** What the layout costs, were a TaskManager the most utilised, and no state moved. */
    PlacementCost costAt(int taskManager) {
        double total = 0;
        for (int e = 0; e < bytes.length; e++) {
            total += costs.edgeBytes(e);
        }
        return new PlacementCost(
                utilisation(taskManager), crossZone, crossRack, crossHost, 0, total);
    }

    /** What the layout costs. */
    PlacementCost cost(PriorState prior) {
        double moved = 0;
        double total = 0;
        for (int e = 0; e < bytes.length; e++) {
            total += costs.edgeBytes(e);
        }
        if (!prior.isEmpty()) {
            for (int v = 0; v < parallelism.length; v++) {
                for (int i = 0; i < parallelism[v]; i++) {
                    moved +=
                            costs.stateBytes(v)
                                    * prior.missing(v, i, parallelism[v], taskManagerOfTask[v][i]);
                }
            }
        }
        return new PlacementCost(utilisation(), crossZone, crossRack, crossHost, moved, total);
    }

    /** A layout of the same items, freshly counted, so that no rounding adds up. */
    Layout copy() {
        Layout copy = new Layout(graph, costs, cluster, items);
        for (int item = 0; item < taskManagerOfItem.length; item++) {
            copy.place(item, taskManagerOfItem[item]);
        }
        return copy;
    }
}
