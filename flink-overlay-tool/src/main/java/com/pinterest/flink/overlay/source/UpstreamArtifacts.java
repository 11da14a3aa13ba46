// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** A source of the published artifacts of upstream's releases. */
public interface UpstreamArtifacts {

    /**
     * Fetches {@code <module>.jar} and {@code <module>-sources.jar} of a release.
     *
     * @param directory the output directory
     * @return the modules that are not published, with the reason
     * @throws com.pinterest.flink.overlay.base.OverlayException if this cannot be determined, for
     *     example without a network
     */
    SortedMap<String, String> fetch(String version, List<String> modules, Path directory)
            throws IOException;

    /**
     * Returns the class path that the overlay modules compile against with a release.
     *
     * @param without upstream modules that the release lacks
     * @param directory a directory for temporary files
     */
    String classPath(
            String version, List<OverlayModule> modules, List<String> without, Path directory)
            throws IOException;
}
