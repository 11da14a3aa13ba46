// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.rest;

import com.pinterest.flink.features.Feature;
import com.pinterest.flink.features.Features;
import com.pinterest.flink.runtime.placement.PlacementOptions;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;

/**
 * Adds {@code /jobs/ID/placement} to the REST server of a JobManager that places tasks, behind all
 * other handlers, such as those that ask for a password.
 */
public final class PlacementHandlerFactory implements InboundChannelHandlerFactory {

    @Override
    public int priority() {
        return Integer.MIN_VALUE;
    }

    @Override
    public Optional<ChannelHandler> createHandler(
            Configuration configuration, Map<String, String> responseHeaders) {
        boolean active =
                configuration.get(PlacementOptions.MODE) != PlacementOptions.Mode.UPSTREAM
                        && Features.ofCluster(configuration).isActive(Feature.PLACEMENT);
        return active ? Optional.of(new PlacementHandler(responseHeaders)) : Optional.empty();
    }
}
