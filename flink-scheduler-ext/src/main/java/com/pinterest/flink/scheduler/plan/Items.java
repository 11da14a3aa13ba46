// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is placed as a whole: a subtask, co-located subtasks, or the subtasks of one slot. Items
 * form classes, of which a slot takes one item each. Items of a class are numbered one after the
 * other. Immutable.
 */
final class Items {

    private final int[] classGroup;
    private final int[] classStart;
    private final int[] itemClass;
    private final int[] taskStart;
    private final int[] taskVertex;
    private final int[] taskIndex;

    private Items(List<Integer> groups, List<List<int[][]>> classes) {
        classGroup = groups.stream().mapToInt(Integer::intValue).toArray();
        classStart = new int[classes.size() + 1];
        int tasks = 0;
        for (int c = 0; c < classes.size(); c++) {
            classStart[c + 1] = classStart[c] + classes.get(c).size();
            for (int[][] item : classes.get(c)) {
                tasks += item.length;
            }
        }
        int items = classStart[classes.size()];
        itemClass = new int[items];
        taskStart = new int[items + 1];
        taskVertex = new int[tasks];
        taskIndex = new int[tasks];
        int item = 0;
        int task = 0;
        for (int c = 0; c < classes.size(); c++) {
            for (int[][] members : classes.get(c)) {
                itemClass[item] = c;
                for (int[] member : members) {
                    taskVertex[task] = member[0];
                    taskIndex[task++] = member[1];
                }
                taskStart[++item] = task;
            }
        }
    }

    /** Each subtask an item, or the co-located subtasks of one index. */
    static Items ofTasks(TaskGraph graph) {
        List<Integer> groups = new ArrayList<>();
        List<List<Integer>> members = new ArrayList<>();
        Map<Integer, List<Integer>> coLocated = new HashMap<>();
        for (int v = 0; v < graph.vertices().size(); v++) {
            TaskGraph.Vertex vertex = graph.vertices().get(v);
            List<Integer> others =
                    vertex.coLocationGroup() < 0 ? null : coLocated.get(vertex.coLocationGroup());
            if (others != null) {
                others.add(v);
                continue;
            }
            List<Integer> own = new ArrayList<>(List.of(v));
            if (vertex.coLocationGroup() >= 0) {
                coLocated.put(vertex.coLocationGroup(), own);
            }
            groups.add(vertex.sharingGroup());
            members.add(own);
        }
        List<List<int[][]>> classes = new ArrayList<>();
        for (List<Integer> vertices : members) {
            int size =
                    vertices.stream()
                            .mapToInt(v -> graph.vertices().get(v).parallelism())
                            .max()
                            .orElse(0);
            List<int[][]> items = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                List<int[]> tasks = new ArrayList<>(vertices.size());
                for (int v : vertices) {
                    if (i < graph.vertices().get(v).parallelism()) {
                        tasks.add(new int[] {v, i});
                    }
                }
                items.add(tasks.toArray(new int[0][]));
            }
            classes.add(items);
        }
        return new Items(groups, classes);
    }

    /** Each slot of a placement an item. */
    static Items ofGroups(TaskGraph graph, GroupedTasks groups) {
        List<Integer> sharingGroups = new ArrayList<>();
        List<List<int[][]>> classes = new ArrayList<>();
        for (int s = 0; s < graph.sharingGroups(); s++) {
            sharingGroups.add(s);
            List<int[][]> items = new ArrayList<>();
            for (int g : groups.ofSharingGroup(s)) {
                items.add(groups.tasksOf(g));
            }
            classes.add(items);
        }
        return new Items(sharingGroups, classes);
    }

    /** The placement that has each item in its slot. */
    Placement toPlacement(TaskGraph graph, int[] slotOfItem) {
        int[][] slotOf = new int[graph.vertices().size()][];
        for (int v = 0; v < slotOf.length; v++) {
            slotOf[v] = new int[graph.vertices().get(v).parallelism()];
        }
        for (int item = 0; item < slotOfItem.length; item++) {
            for (int task = firstTask(item); task < endTask(item); task++) {
                slotOf[vertexOf(task)][indexOf(task)] = slotOfItem[item];
            }
        }
        return Placement.of(slotOf);
    }

    int count() {
        return itemClass.length;
    }

    int classes() {
        return classGroup.length;
    }

    int sharingGroupOf(int itemClass) {
        return classGroup[itemClass];
    }

    int firstOf(int itemClass) {
        return classStart[itemClass];
    }

    int endOf(int itemClass) {
        return classStart[itemClass + 1];
    }

    int sizeOf(int itemClass) {
        return classStart[itemClass + 1] - classStart[itemClass];
    }

    int classOf(int item) {
        return itemClass[item];
    }

    int firstTask(int item) {
        return taskStart[item];
    }

    int endTask(int item) {
        return taskStart[item + 1];
    }

    int vertexOf(int task) {
        return taskVertex[task];
    }

    int indexOf(int task) {
        return taskIndex[task];
    }
}
