// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.OperationState;
import com.pinterest.flink.jobs.store.Rows.Run;
import java.util.Optional;

/** One word for where a job is, for people; the evidence stands beside it. */
final class Phases {

    private Phases() {}

    static String of(Optional<Run> newest, Optional<Operation> open) {
        if (open.isPresent()) {
            if (open.get().state() == OperationState.BLOCKED) {
                return "BLOCKED";
            }
            if (open.get().isRollingBack()) {
                return "ROLLING_BACK";
            }
            Kind kind = open.get().request().kind();
            return switch (kind) {
                case SUBMIT -> "STARTING";
                case RECOVER -> "RECOVERING";
                case STOP -> "STOPPING";
                case CANCEL -> "CANCELLING";
                case UPGRADE, RESTART, RESCALE, HOTFIX -> "UPGRADING";
                case SAVEPOINT -> ofRun(newest);
            };
        }
        return ofRun(newest);
    }

    private static String ofRun(Optional<Run> newest) {
        if (newest.isEmpty()) {
            return "NEW";
        }
        Run run = newest.get();
        if (!run.deployment().isEnded()) {
            String seen = run.seenState();
            return seen.isEmpty() ? "STARTING" : seen;
        }
        return switch (run.deployment().end()) {
            case FINISHED -> run.deployment().finalState().isEmpty() ? "FINISHED" : "SUSPENDED";
            case CANCELED -> "SUSPENDED";
            default -> run.deployment().end().name();
        };
    }
}
