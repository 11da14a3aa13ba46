// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.OperationState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How the user interface writes times, sizes and states. */
final class Words {

    /** Evidence that is older is marked: the service looks every few seconds. */
    static final long STALE_SECONDS = 60;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Words() {}

    /** What a state means for the one who looks; each has a colour and a sign. */
    enum Tone {
        BAD("✖"),
        WARN("▲"),
        BUSY("◐"),
        GOOD("●"),
        IDLE("○");

        private final String sign;

        Tone(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Tone toneOfPhase(String phase) {
        return switch (phase) {
            case "RUNNING" -> Tone.GOOD;
            case "FAILED", "LOST" -> Tone.BAD;
            case "BLOCKED", "UNKNOWN", "RESTARTING", "ROLLING_BACK" -> Tone.WARN;
            case "NEW", "SUSPENDED", "FINISHED", "CANCELED" -> Tone.IDLE;
            default -> Tone.BUSY;
        };
    }

    static Tone tone(OperationState state) {
        return switch (state) {
            case OPEN -> Tone.BUSY;
            case BLOCKED, ROLLED_BACK, FAILED_RUNS_ON -> Tone.WARN;
            case SUCCEEDED -> Tone.GOOD;
            case FAILED -> Tone.BAD;
            case ABORTED -> Tone.IDLE;
        };
    }

    /** The tone of a state of Flink: of a job, a vertex or a checkpoint. */
    static Tone toneOfFlink(String state) {
        return switch (state) {
            case "RUNNING", "COMPLETED" -> Tone.GOOD;
            case "FAILED", "FAILING" -> Tone.BAD;
            case "RESTARTING" -> Tone.WARN;
            case "FINISHED", "CANCELED" -> Tone.IDLE;
            default -> Tone.BUSY;
        };
    }

    /** What a state of an operation means. */
    static String explained(Operation operation) {
        return switch (operation.state()) {
            case OPEN -> operation.isRollingBack() ? "goes back to the old revision" : "goes on";
            case BLOCKED -> "waits for an answer that should have come; it goes on when it comes";
            case SUCCEEDED -> "done";
            case FAILED_RUNS_ON -> "failed; the job was not touched, or runs on";
            case ROLLED_BACK -> "failed; the old revision runs again";
            case FAILED -> "failed; nothing runs";
            case ABORTED -> "ended before it had changed anything";
        };
    }

    /** A constant for people: ROLLED_BACK is rolled back. */
    static String plain(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** A time in UTC; empty for none. */
    static String time(Instant instant) {
        return instant == null ? "" : TIME.format(instant);
    }

    static String iso(Instant instant) {
        return instant == null ? "" : instant.toString();
    }

    static long age(Instant since, Instant now) {
        return Math.max(0, Duration.between(since, now).toSeconds());
    }

    /** As the script of the pages writes it, too. */
    static String ago(long seconds) {
        if (seconds < 60) {
            return seconds + " s ago";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min ago";
        }
        return seconds < 2 * 86_400 ? seconds / 3_600 + " h ago" : seconds / 86_400 + " d ago";
    }

    static String duration(long millis) {
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
        }
        long seconds = millis / 1_000;
        return seconds < 3_600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min";
    }

    static String duration(Instant from, Instant to) {
        return duration(Math.max(0, Duration.between(from, to).toMillis()));
    }

    static String bytes(long bytes) {
        if (bytes < 1_000) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 999.95) {
            size /= 1_000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %sB", size, "kMGTPE".charAt(unit));
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    static String percent(int share) {
        return share < 0 ? "–" : share + " %";
    }
}
