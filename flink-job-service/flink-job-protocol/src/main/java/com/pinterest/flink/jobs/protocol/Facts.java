// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/**
 * What was observed for a step; null is what the step does not ask for.
 *
 * @param ready see {@link Cluster#ready}
 * @param artifact see {@link Cluster#artifact}
 * @param run see {@link Cluster#run}
 * @param savepoint see {@link Cluster#savepointStatus}
 * @param stored see {@link Cluster#stored}
 * @param restored see {@link Cluster#restored}
 * @param progress see {@link Cluster#progress}
 * @param newest see {@link Cluster#newestState}
 */
record Facts(
        Finding<String> ready,
        Finding<String> artifact,
        Finding<RunStatus> run,
        Finding<SavepointStatus> savepoint,
        Finding<String> stored,
        Finding<String> restored,
        Finding<Progress> progress,
        Finding<String> newest) {

    static final Facts NONE = new Facts(null, null, null, null, null, null, null, null);

    static Facts ready(Finding<String> ready, Finding<Progress> progressOfOldRun) {
        return new Facts(ready, null, null, null, null, null, progressOfOldRun, null);
    }

    static Facts artifact(Finding<String> artifact) {
        return new Facts(null, artifact, null, null, null, null, null, null);
    }

    static Facts run(Finding<RunStatus> run) {
        return new Facts(null, null, run, null, null, null, null, null);
    }

    static Facts start(Finding<RunStatus> run, Finding<String> artifact) {
        return new Facts(null, artifact, run, null, null, null, null, null);
    }

    static Facts savepoint(
            Finding<RunStatus> run, Finding<SavepointStatus> savepoint, Finding<String> stored) {
        return new Facts(null, null, run, savepoint, stored, null, null, null);
    }

    static Facts restored(Finding<RunStatus> run, Finding<String> restored) {
        return new Facts(null, null, run, null, null, restored, null, null);
    }

    static Facts progress(Finding<RunStatus> run, Finding<Progress> progress) {
        return new Facts(null, null, run, null, null, null, progress, null);
    }

    static Facts newest(Finding<String> newest) {
        return new Facts(null, null, null, null, null, null, null, newest);
    }

    /** Whether the one has answered whom the step depends on first. */
    boolean isAnswered() {
        for (Finding<?> first : new Finding<?>[] {run, ready, artifact, newest}) {
            if (first != null) {
                return !first.isUnknown();
            }
        }
        return true;
    }

    /** What was seen, for people. */
    String describe() {
        StringBuilder text = new StringBuilder();
        add(text, "cluster", ready);
        add(text, "artifact", artifact);
        add(text, "run", run);
        add(text, "savepoint", savepoint);
        add(text, "storage", stored);
        add(text, "restored", restored);
        add(text, "progress", progress);
        add(text, "state", newest);
        return text.toString();
    }

    private static void add(StringBuilder text, String what, Finding<?> finding) {
        if (finding != null) {
            text.append(text.length() == 0 ? "" : "; ").append(what).append(' ').append(finding);
        }
    }
}
