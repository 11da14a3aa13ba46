// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What is known of an operation and its job, read in one transaction.
 *
 * @param instance the id of the installation of the service
 * @param deployments all epochs of the job, the newest first
 * @param revisions those of the deployments and of the operation, by their numbers
 * @param states savepoints and the checkpoint last seen of the newest epoch
 * @param mayHaveSavepoints whether an operation may have asked for a savepoint of the newest epoch
 */
public record View(
        String instance,
        Operation operation,
        List<Deployment> deployments,
        Map<Long, RunSpec> revisions,
        List<String> states,
        boolean mayHaveSavepoints) {

    public View {
        deployments = List.copyOf(deployments);
        revisions = Map.copyOf(revisions);
        states = List.copyOf(states);
    }

    /** The newest epoch. */
    Optional<Deployment> newest() {
        return deployments.stream().findFirst();
    }

    /** The epoch of which it is not proven that it has ended. */
    Optional<Deployment> live() {
        return deployments.stream().filter(deployment -> !deployment.isEnded()).findFirst();
    }

    RunSpec revision(long number) {
        RunSpec spec = revisions.get(number);
        if (spec == null) {
            throw new IllegalStateException(
                    "revision " + number + " of " + operation.job() + " was not read");
        }
        return spec;
    }

    /** The revision to start now. */
    long wantedRevision() {
        return operation.isRollingBack()
                ? operation.fromRevision()
                : operation.request().revision();
    }

    /** The directory of all savepoints of a run. */
    String savepointsDirectory(Deployment run) {
        String root = revision(run.revision()).savepointDirectory();
        return (root.endsWith("/") ? root.substring(0, root.length() - 1) : root)
                + "/"
                + operation.job()
                + "/"
                + run.epoch();
    }

    /** The directory of the savepoint of an attempt of the operation. */
    String savepointDirectory(Deployment run, int attempt) {
        return savepointsDirectory(run) + "/" + operation.id() + "-" + attempt;
    }

    /** Those of all attempts so far, the last one first. */
    List<String> savepointDirectories(Deployment run) {
        return IntStream.rangeClosed(0, operation.attempt())
                .mapToObj(i -> savepointDirectory(run, operation.attempt() - i))
                .toList();
    }
}
