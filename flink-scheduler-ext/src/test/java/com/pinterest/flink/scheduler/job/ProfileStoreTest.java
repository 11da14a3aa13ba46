// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Profiles are found by the name of the job, and what goes wrong does no harm. */
class ProfileStoreTest {

    private static final String PROFILE =
            "{\"version\":1,\"vertices\":{\"00000000000000000000000000000001\":"
                    + "{\"cpu\":1.5,\"bytes-in\":2.0,\"bytes-out\":3.0,\"state-size\":5.0,\"state-io\":6.0,\"parallelism\":4}}}";

    @TempDir private Path directory;

    @Test
    void eachJobHasItsOwn() throws Exception {
        ProfileStore store = store();
        MeasuredCosts costs =
                MeasuredCosts.of(RestMapperUtils.getStrictObjectMapper().readTree(PROFILE));

        store.write("a/job: 1", costs);
        store.write("a/job: 1", costs);

        assertThat(store.read("a/job: 1").orElseThrow().toJson()).isEqualTo(costs.toJson());
        assertThat(store.read("a-job- 1")).isEmpty();
        assertThat(files()).singleElement().asString().startsWith("a-job-1-").endsWith(".json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"version\":9,\"vertices\":{}}"})
    void aCorruptFileIsIgnoredAndWrittenAnew(String text) throws Exception {
        ProfileStore store = store();
        MeasuredCosts costs =
                MeasuredCosts.of(RestMapperUtils.getStrictObjectMapper().readTree(PROFILE));
        store.write("job", costs);
        Files.writeString(directory.resolve("profiles").resolve(files().get(0)), text);

        assertThat(store.read("job")).isEmpty();

        store.write("job", costs);
        assertThat(store.read("job")).isPresent();
    }

    @Test
    void aDirectoryThatCannotBeWrittenDoesNoHarm() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        ProfileStore store = new ProfileStore(file.resolve("x").toUri().toString(), Runnable::run);

        store.write(
                "job", MeasuredCosts.of(RestMapperUtils.getStrictObjectMapper().readTree(PROFILE)));

        assertThat(store.read("job")).isEmpty();
        assertThat(new ProfileStore("no-such-scheme://x", Runnable::run).read("job")).isEmpty();
    }

    @Test
    void withoutADirectoryThereIsNone() throws Exception {
        ProfileStore store = new ProfileStore(null, Runnable::run);

        store.write(
                "job", MeasuredCosts.of(RestMapperUtils.getStrictObjectMapper().readTree(PROFILE)));

        assertThat(store.read("job")).isEmpty();
    }

    private ProfileStore store() {
        return new ProfileStore(directory.resolve("profiles").toUri().toString(), Runnable::run);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("profiles"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json") && !name.startsWith("."))
                    .collect(Collectors.toList());
        }
    }
}
