// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.release;

import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.source.SourceOverlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A placeholder for the number of a release in resources while patches move between releases. A
 * resource that contains this number differs between any two releases, which is not a conflict.
 */
final class ReleaseMark {

    static final String MARK = "@upstream.version@";

    private final String version;
    private final Pattern number;

    ReleaseMark(String version) {
        this.version = version;
        number = Pattern.compile("(?<![\\w.-])" + Pattern.quote(version) + "(?![\\w.-])");
    }

    private String hide(String line) {
        return number.matcher(line).replaceAll(MARK);
    }

    private List<String> hide(String path, List<String> lines) {
        return SourceOverlay.isSource(path) ? lines : lines.stream().map(this::hide).toList();
    }

    Map<String, List<String>> hide(Map<String, List<String>> files) {
        Map<String, List<String>> hidden = new TreeMap<>();
        files.forEach((path, lines) -> hidden.put(path, hide(path, lines)));
        return hidden;
    }

    Patch hide(Patch patch) {
        List<Patch.FileDiff> diffs = new ArrayList<>();
        for (Patch.FileDiff diff : patch.diffs()) {
            List<Patch.Hunk> hunks =
                    diff.hunks().stream()
                            .map(
                                    hunk ->
                                            new Patch.Hunk(
                                                    hunk.patchLine(),
                                                    hunk.oldStart(),
                                                    hunk.newStart(),
                                                    hide(diff.path(), hunk.lines())))
                            .toList();
            diffs.add(new Patch.FileDiff(diff.path(), hunks));
        }
        return new Patch(patch.file(), patch.header(), List.copyOf(diffs));
    }

    String reveal(String text) {
        return text.replace(MARK, version);
    }
}
