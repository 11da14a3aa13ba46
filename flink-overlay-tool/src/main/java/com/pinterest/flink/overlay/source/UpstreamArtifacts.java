// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** Where the published artifacts of upstream's releases come from. */
public interface UpstreamArtifacts {

    /**
     * Fetches {@code <module>.jar} and {@code <module>-sources.jar} of a release.
     *
     * @param directory where they go
     * @return what is not published, by module; fails if it cannot be known, as without a network
     */
    SortedMap<String, String> fetch(String version, List<String> modules, Path directory)
            throws IOException;

    /**
     * The class path that the overlay modules compile against with a release.
     *
     * @param without upstream modules that the release lacks
     * @param directory for files of its own
     */
    String classPath(
            String version, List<OverlayModule> modules, List<String> without, Path directory)
            throws IOException;
}
