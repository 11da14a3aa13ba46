// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.runtime.placement.Locality;
import com.pinterest.flink.runtime.placement.PlacementOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.runtime.taskmanager.TaskManagerLocation;

/**
 * A file that says where TaskManagers are which cannot tell it: lines of an address, node id or
 * resource id, a blank, and {@code zone=a,rack=r1}. Lines that start with {@code #} are comments.
 * Immutable: read once for a job.
 */
public final class LocalityFile {

    private final Map<String, Locality> localities;

    private LocalityFile(Map<String, Locality> localities) {
        this.localities = localities;
    }

    /**
     * Reads the file.
     *
     * @param path of the file, or null for none
     * @throws IllegalConfigurationException if it cannot be read
     */
    public static LocalityFile of(@Nullable String path) {
        Map<String, Locality> localities = new HashMap<>();
        if (path == null) {
            return new LocalityFile(localities);
        }
        try {
            for (String line : Files.readAllLines(Path.of(path))) {
                String stripped = line.strip();
                if (stripped.isEmpty() || stripped.startsWith("#")) {
                    continue;
                }
                String[] parts = stripped.split("\\s+", 2);
                localities.put(parts[0], Locality.parse(parts.length == 2 ? parts[1] : ""));
            }
        } catch (IOException e) {
            throw new IllegalConfigurationException(
                    PlacementOptions.LOCALITY_FILE.key() + " cannot be read: " + path, e);
        }
        return new LocalityFile(localities);
    }

    /** Where a TaskManager is: its own zone and rack, and what it does not know from the file. */
    public Locality localityOf(TaskManagerLocation location) {
        Locality own = Locality.of(location.getResourceID());
        for (String name :
                new String[] {
                    location.getResourceID().getResourceIdString(),
                    location.getNodeId(),
                    location.address().getHostAddress()
                }) {
            Locality locality = localities.get(name);
            if (locality != null) {
                return own.orElse(locality);
            }
        }
        return own;
    }
}
