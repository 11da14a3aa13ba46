// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.net.URI;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;

/** A plugin that is there to be loaded. */
public final class ProbedPlugin implements FileSystemFactory {

    @Override
    public String getScheme() {
        return "probed";
    }

    @Override
    public FileSystem create(URI uri) {
        throw new UnsupportedOperationException(uri.toString());
    }
}
