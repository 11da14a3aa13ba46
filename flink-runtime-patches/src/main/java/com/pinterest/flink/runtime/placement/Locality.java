// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.placement;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.runtime.clusterframework.types.ResourceID;

/**
 * Where a TaskManager is: its zone and rack. It travels in the metadata of the TaskManager's {@link
 * ResourceID}, which upstream sends along and leaves out of comparisons, after whatever else is
 * there. Immutable.
 */
public final class Locality {

    /** Nothing is known. */
    public static final Locality UNKNOWN = new Locality("", "");

    private static final String VARIABLE = "FLINK_TASKMANAGER_LOCALITY";
    private static final String ZONE = "zone=";
    private static final String RACK = "rack=";
    private static final Pattern PART = Pattern.compile("(zone|rack)=([^,;=\\s]+)");

    private final String zone;
    private final String rack;

    private Locality(String zone, String rack) {
        this.zone = requireNonNull(zone);
        this.rack = requireNonNull(rack);
    }

    /**
     * Adds the configured locality of a TaskManager to its metadata. With placement on, the rack is
     * YARN's unless it is configured.
     *
     * <p>Called by the patched {@code TaskManagerRunner}.
     *
     * @param metadata of its resource id, empty or not
     * @throws IllegalConfigurationException if the locality is not of the form {@code
     *     zone=a,rack=r1}
     */
    public static String addTo(String metadata, ReadableConfig config) {
        return addTo(metadata, config, System.getenv());
    }

    static String addTo(String metadata, ReadableConfig config, Map<String, String> environment) {
        String value = config.get(PlacementOptions.LOCALITY);
        if (value == null) {
            value = environment.get(VARIABLE);
        }
        Locality known = value == null || value.isBlank() ? UNKNOWN : parse(value);
        if (known.rack.isEmpty()
                && config.get(PlacementOptions.MODE) != PlacementOptions.Mode.UPSTREAM) {
            known = known.orElse(new Locality("", YarnRack.find(environment)));
        }
        String locality = known.toString();
        if (locality.isEmpty()) {
            return metadata;
        }
        return metadata.isEmpty() ? locality : metadata + "," + locality;
    }

    /** The locality in a TaskManager's metadata. */
    public static Locality of(ResourceID taskManager) {
        String zone = "";
        String rack = "";
        for (String part : taskManager.getMetadata().split(",", -1)) {
            if (part.startsWith(ZONE)) {
                zone = part.substring(ZONE.length());
            } else if (part.startsWith(RACK)) {
                rack = part.substring(RACK.length());
            }
        }
        return zone.isEmpty() && rack.isEmpty() ? UNKNOWN : new Locality(zone, rack);
    }

    /**
     * Reads {@code zone=a,rack=r1}, in any order; one of the two will do.
     *
     * @throws IllegalConfigurationException if that is not the form
     */
    public static Locality parse(String value) {
        String zone = "";
        String rack = "";
        for (String part : value.split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            boolean ofZone = matcher.matches() && matcher.group(1).equals("zone");
            if (!matcher.matches() || !(ofZone ? zone : rack).isEmpty()) {
                throw new IllegalConfigurationException(
                        String.format(
                                "%s, %s and the lines of %s have the form 'zone=a,rack=r1', not"
                                        + " '%s'.",
                                PlacementOptions.LOCALITY.key(),
                                VARIABLE,
                                PlacementOptions.LOCALITY_FILE.key(),
                                value));
            }
            if (ofZone) {
                zone = matcher.group(2);
            } else {
                rack = matcher.group(2);
            }
        }
        return new Locality(zone, rack);
    }

    /** Returns this locality, with what it does not know taken from another one. */
    public Locality orElse(Locality other) {
        return new Locality(zone.isEmpty() ? other.zone : zone, rack.isEmpty() ? other.rack : rack);
    }

    /** Empty if unknown. */
    public String zone() {
        return zone;
    }

    /** Empty if unknown. */
    public String rack() {
        return rack;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof Locality
                && zone.equals(((Locality) o).zone)
                && rack.equals(((Locality) o).rack);
    }

    @Override
    public int hashCode() {
        return Objects.hash(zone, rack);
    }

    /** In the form that {@link #parse} reads; empty if nothing is known. */
    @Override
    public String toString() {
        if (zone.isEmpty()) {
            return rack.isEmpty() ? "" : RACK + rack;
        }
        return rack.isEmpty() ? ZONE + zone : ZONE + zone + "," + RACK + rack;
    }
}
