// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.flink.client.deployment.ClusterSpecification;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.DeploymentOptionsInternal;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptionsInternal;
import org.apache.flink.kubernetes.kubeclient.FlinkPod;
import org.apache.flink.kubernetes.kubeclient.factory.KubernetesJobManagerFactory;
import org.apache.flink.kubernetes.kubeclient.parameters.KubernetesJobManagerParameters;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.ContainerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A deployment on Kubernetes needs an image that its user named. */
class KubernetesImageTest {

    private final Configuration configuration = new Configuration();

    @BeforeEach
    void configureCluster(@TempDir java.nio.file.Path confDirectory) {
        configuration.set(DeploymentOptions.TARGET, "kubernetes-session");
        configuration.set(KubernetesConfigOptions.CLUSTER_ID, "flights");
        configuration.set(
                KubernetesConfigOptionsInternal.ENTRY_POINT_CLASS, "org.example.EntryPoint");
        configuration.set(DeploymentOptionsInternal.CONF_DIR, confDirectory.toString());
        configuration.set(RestOptions.PORT, 8081);
        configuration.set(RestOptions.BIND_PORT, "8081");
        configuration.set(BlobServerOptions.PORT, "6124");
        configuration.set(TaskManagerOptions.RPC_PORT, "6122");
    }

    @Test
    void withoutAnImageTheDeploymentIsRefusedAndTheOptionNamed() {
        assertThatThrownBy(() -> imageOfJobManager(new FlinkPod.Builder().build()))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageContaining("kubernetes.container.image.ref")
                .hasMessageContaining("pod template");
    }

    @Test
    void anImageInTheConfigurationIsUsed() throws Exception {
        configuration.set(KubernetesConfigOptions.CONTAINER_IMAGE, "registry/team/flink:1");

        assertThat(imageOfJobManager(new FlinkPod.Builder().build()))
                .isEqualTo("registry/team/flink:1");
    }

    @Test
    void anImageInThePodTemplateIsUsed() throws Exception {
        FlinkPod template =
                new FlinkPod.Builder()
                        .withMainContainer(
                                new ContainerBuilder().withImage("registry/team/flink:2").build())
                        .build();

        assertThat(imageOfJobManager(template)).isEqualTo("registry/team/flink:2");
    }

    private String imageOfJobManager(FlinkPod template) throws Exception {
        ClusterSpecification cluster =
                new ClusterSpecification.ClusterSpecificationBuilder()
                        .setMasterMemoryMB(1024)
                        .setTaskManagerMemoryMB(1024)
                        .setSlotsPerTaskManager(1)
                        .createClusterSpecification();
        return KubernetesJobManagerFactory.buildKubernetesJobManagerSpecification(
                        template, new KubernetesJobManagerParameters(configuration, cluster))
                .getDeployment()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }
}
