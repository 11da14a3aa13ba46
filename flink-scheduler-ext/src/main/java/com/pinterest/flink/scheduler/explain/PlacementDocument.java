// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.explain;

import static java.util.Objects.requireNonNull;

import org.apache.flink.runtime.rest.messages.ResponseBody;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.annotation.JsonCreator;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.annotation.JsonValue;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/**
 * How the tasks of a job were placed last, and why: the JSON document that the log, the REST
 * interface and {@code bin/flink-placement} share. Fields may be added without another version.
 * Immutable.
 *
 * <table>
 *   <caption>Fields</caption>
 *   <tr><td>version</td><td>{@link #VERSION}</td></tr>
 *   <tr><td>job-id, job-name, scheduler, mode</td><td></td></tr>
 *   <tr><td>time</td><td>when it was placed, ISO 8601</td></tr>
 *   <tr><td>fallback</td><td>why upstream placed the job instead, or null</td></tr>
 *   <tr><td>fallbacks</td><td>how often upstream did since the JobMaster started</td></tr>
 *   <tr><td>costs</td><td>where the costs of operators come from; null after a fallback, and so
 *       are the following</td></tr>
 *   <tr><td>plan</td><td>{@code origin}: stripe, search or upstream; {@code steps}; {@code
 *       cut-short}; {@code planning-ms}; {@code kept-groups}: how many kept their slots</td></tr>
 *   <tr><td>upstream, placed</td><td>what upstream's plan, null if there was none, and this one
 *       cost: {@code utilisation}, the highest of a TaskManager, where 1 is the mean over the
 *       capacities of all; {@code zones}, {@code racks}, {@code hosts}: the shares of all bytes, from 0 to 1,
 *       that cross them; {@code moved-state}, bytes</td></tr>
 *   <tr><td>utilisation-mean</td><td>the mean over the TaskManagers</td></tr>
 *   <tr><td>vertices</td><td>{@code id}, {@code name}, {@code parallelism}; {@code cpu}, {@code
 *       state-io}: the costs of all subtasks, the latter in bytes a second</td></tr>
 *   <tr><td>task-managers</td><td>{@code id}, {@code zone}, {@code rack}, {@code host}, {@code
 *       utilisation} by CPU and state I/O, and {@code groups}: for each slot in use its tasks, as pairs of an index into
 *       vertices and the number of the subtask</td></tr>
 * </table>
 */
public final class PlacementDocument implements ResponseBody {

    /** The version of the schema. */
    public static final int VERSION = 1;

    private final JsonNode root;

    private PlacementDocument(JsonNode root) {
        this.root = requireNonNull(root);
    }

    /** Takes a document, which must not be changed any more. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static PlacementDocument of(JsonNode root) {
        return new PlacementDocument(root);
    }

    /** The document; not to be changed. */
    @JsonValue
    public JsonNode root() {
        return root;
    }

    /** A number in the document, or NaN if it is not there. */
    public double number(String... path) {
        JsonNode node = root;
        for (String name : path) {
            node = node.path(name);
        }
        return node.isNumber() ? node.asDouble() : Double.NaN;
    }

    /** The document as JSON, in one line. */
    public String json() {
        try {
            return RestMapperUtils.getStrictObjectMapper().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree cannot be written", e);
        }
    }

    @Override
    public String toString() {
        return json();
    }
}
