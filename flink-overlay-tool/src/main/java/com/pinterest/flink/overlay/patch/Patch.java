// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A patch file: a header similar to Debian's DEP-3, then a unified diff.
 *
 * @param file the patch file
 * @param header the fields of the header by name, with continuation lines joined by a blank
 * @param diffs the changes, one per file
 */
public record Patch(Path file, Map<String, String> header, List<FileDiff> diffs) {

    private static final Pattern FIELD = Pattern.compile("([A-Z][A-Za-z-]*):\\s*(.*)");
    private static final Pattern HUNK =
            Pattern.compile("@@ -(\\d+)(?:,(\\d+))? \\+(\\d+)(?:,(\\d+))? @@.*");

    /**
     * The change of one file.
     *
     * @param path the path of the file in the upstream jar, with slashes
     */
    public record FileDiff(String path, List<Hunk> hunks) {}

    /**
     * A sequence of context, removed and added lines.
     *
     * @param patchLine the line of the hunk's header in the patch file, starting at 1
     * @param oldStart the first line in the file before the patch, starting at 1
     * @param lines the lines of the hunk, each with its mark (' ', '-' or '+')
     */
    public record Hunk(int patchLine, int oldStart, int newStart, List<String> lines) {
        int count(String marks) {
            return (int) lines.stream().filter(line -> marks.indexOf(line.charAt(0)) >= 0).count();
        }
    }

    public String name() {
        return file.getFileName().toString();
    }

    /** Returns the number of added and removed lines. */
    public int changedLines() {
        return diffs.stream()
                .flatMap(diff -> diff.hunks().stream())
                .mapToInt(hunk -> hunk.count("+-"))
                .sum();
    }

    public static Patch parse(Path file) throws IOException {
        return parse(file, Files.readAllLines(file));
    }

    /** Parses the lines of a patch file. */
    public static Patch parse(Path file, List<String> lines) {
        return new Parser(file, lines).parse();
    }

    private static final class Parser {
        private final Path file;
        private final List<String> lines;
        private int next;

        Parser(Path file, List<String> lines) {
            this.file = file;
            this.lines = lines;
        }

        Patch parse() {
            Map<String, String> header = header();
            List<FileDiff> diffs = new ArrayList<>();
            while (next < lines.size()) {
                if (lines.get(next).startsWith("--- ")) {
                    int start = next;
                    FileDiff diff = fileDiff();
                    if (diffs.stream().anyMatch(other -> other.path().equals(diff.path()))) {
                        throw error(start, diff.path() + " stands twice, put its hunks together");
                    }
                    diffs.add(diff);
                } else if (lines.get(next).isBlank() || lines.get(next).startsWith("diff --git")) {
                    next++;
                } else {
                    throw error("expected '--- a/<file>', found: " + lines.get(next));
                }
            }
            if (diffs.isEmpty()) {
                throw error("contains no change");
            }
            return new Patch(file, header, List.copyOf(diffs));
        }

        private Map<String, String> header() {
            Map<String, String> header = new LinkedHashMap<>();
            String field = null;
            for (; next < lines.size(); next++) {
                String line = lines.get(next);
                Matcher matcher = FIELD.matcher(line);
                if (line.startsWith("--- ") || line.startsWith("diff --git")) {
                    break;
                } else if (line.startsWith(" ") && field != null) {
                    header.merge(field, line.strip(), (before, more) -> before + " " + more);
                } else if (matcher.matches()) {
                    field = matcher.group(1);
                    if (header.put(field, matcher.group(2)) != null) {
                        throw error("field " + field + " stands twice");
                    }
                } else if (!line.isBlank()) {
                    throw error("neither a field, nor its continuation, nor a diff: " + line);
                }
            }
            return header;
        }

        private FileDiff fileDiff() {
            String oldPath = path("--- ", "a/");
            String newPath = path("+++ ", "b/");
            if (!oldPath.equals(newPath)) {
                throw error(
                        next - 1,
                        "a patch changes files only, it adds, moves or removes none: " + oldPath);
            }
            List<Hunk> hunks = new ArrayList<>();
            while (next < lines.size() && lines.get(next).startsWith("@@")) {
                hunks.add(hunk());
            }
            if (hunks.isEmpty()) {
                throw error("no hunk for " + newPath);
            }
            return new FileDiff(newPath, List.copyOf(hunks));
        }

        private String path(String mark, String prefix) {
            String line = next < lines.size() ? lines.get(next) : "";
            if (!line.startsWith(mark + prefix)) {
                throw error("expected '" + mark + prefix + "<file>', found: " + line);
            }
            next++;
            return line.substring(mark.length() + prefix.length()).strip();
        }

        private Hunk hunk() {
            Matcher matcher = HUNK.matcher(lines.get(next));
            if (!matcher.matches()) {
                throw error("not a hunk header: " + lines.get(next));
            }
            int patchLine = next + 1;
            int oldLeft = length(matcher.group(2));
            int newLeft = length(matcher.group(4));
            List<String> body = new ArrayList<>();
            for (next++; oldLeft > 0 || newLeft > 0; next++) {
                String line = next < lines.size() ? lines.get(next) : "(end of file)";
                // Editors remove the blank of an empty context line: accept the line without it.
                String marked = line.isEmpty() ? " " : line;
                switch (marked.charAt(0)) {
                    case ' ' -> {
                        oldLeft--;
                        newLeft--;
                    }
                    case '-' -> oldLeft--;
                    case '+' -> newLeft--;
                    default -> throw error("not a line of a hunk: " + line);
                }
                body.add(marked);
            }
            if (oldLeft != 0 || newLeft != 0) {
                throw error(patchLine - 1, "the hunk's header does not count its lines");
            }
            return new Hunk(
                    patchLine,
                    Integer.parseInt(matcher.group(1)),
                    Integer.parseInt(matcher.group(3)),
                    List.copyOf(body));
        }

        private static int length(String group) {
            return group == null ? 1 : Integer.parseInt(group);
        }

        private OverlayException error(String message) {
            return error(next, message);
        }

        private OverlayException error(int index, String message) {
            return new OverlayException(file.getFileName() + ":" + (index + 1) + ": " + message);
        }
    }
}
