// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patchctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.worktree.Git;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Subjects of commits begin with a verb in the imperative; those up to the first that the rule
 * holds for are left alone, and so is a tree without the history.
 */
class CommitSubjectsTest {

    private static final String LONG = "Write ".repeat(17).strip();

    @TempDir private Path root;
    private Git git;
    private String base;

    @BeforeEach
    void commitBeforeTheRule() throws IOException {
        git = Git.init(root.resolve("repository"));
        commit("Docs: written before the rule.");
        commit("the last before the rule");
        base = git.run("rev-parse", "HEAD").strip();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Share patches of the base line with other lines",
                "Give sql-client.sh an exit code: --fail-on-error",
                "Embed the report, and feed it to the check",
                "Need no network",
                "Proceed without a cluster",
                "Bring back the test",
                "Pass the options on",
                "Process rows in batches",
                "Focus on one module",
                "Re-export the patches",
                "Revert \"Docs: what was run\""
            })
    void anImperativeIsAccepted(String subject) {
        commit(subject);

        assertThat(check().findings()).isEmpty();
        assertThat(check().summary()).isEqualTo("ok, 1 commit subjects");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Docs: say what was run | begins with an area instead of a verb: Docs:",
                "Overlay tool: compile Scala | begins with an area instead of a verb: Overlay tool:",
                "Added a test | does not begin with a verb in the imperative: Added",
                "Freed the lock | does not begin with a verb in the imperative: Freed",
                "Made it faster | does not begin with a verb in the imperative: Made",
                "Adding a test | does not begin with a verb in the imperative: Adding",
                "Adds a test | does not begin with a verb in the imperative: Adds",
                "Fixes the build | does not begin with a verb in the imperative: Fixes",
                "add a test | does not begin with a capitalized verb: add",
                "SQL joins retract | does not begin with a capitalized verb: SQL",
                "22 of the tests pass | does not begin with a capitalized verb: 22",
                "fixup! Add a test | does not begin with a capitalized verb: fixup!",
                "Add a test. | ends with a full stop"
            })
    void anythingElseIsRefused(String subject, String finding) {
        commit(subject);

        assertThat(check().findings())
                .containsExactly(
                        "commit "
                                + git.run("rev-parse", "--short", "HEAD").strip()
                                + " \""
                                + subject
                                + "\": "
                                + finding);
    }

    @Test
    void aSubjectHasAHundredCharactersAtMost() {
        commit(LONG.substring(0, 100));
        commit(LONG.substring(0, 99) + "\u00e9s");

        assertThat(check().findings())
                .singleElement()
                .asString()
                .endsWith(": is 101 characters long, over 100");
    }

    @Test
    void everythingWrongIsSaidOldestCommitFirst() {
        commit("Docs: a page.");
        commit("Mend the page\n\nthe body is free in form.");
        commit("Mended the page");

        assertThat(check().findings())
                .extracting(finding -> finding.replaceFirst("commit [0-9a-f]+ ", ""))
                .containsExactly(
                        "\"Docs: a page.\": begins with an area instead of a verb: Docs:",
                        "\"Docs: a page.\": ends with a full stop",
                        "\"Mended the page\": does not begin with a verb in the imperative: Mended");
    }

    @Test
    void mergesAreExemptAndWhatTheyMergeIsNot() {
        git.run("switch", "--quiet", "--create", "topic");
        commit("wip");
        git.run("switch", "--quiet", "upstream");
        commit("Go on elsewhere");
        git.run("merge", "--quiet", "--no-ff", "--message", "merged: topic.", "topic");

        assertThat(check().findings())
                .singleElement()
                .asString()
                .endsWith("\"wip\": does not begin with a capitalized verb: wip");
    }

    @Test
    void withoutACommitAfterTheRuleAllIsWell() {
        assertThat(check())
                .isEqualTo(new CommitSubjects.Result(List.of(), "ok, 0 commit subjects"));
    }

    @Test
    void aShallowCloneThatLacksTheHistoryPasses() throws IOException {
        commit("wip");
        commit("wip again");
        Path clone = clone("--depth", "1");

        assertThat(new CommitSubjects(clone, base).check())
                .isEqualTo(
                        new CommitSubjects.Result(
                                List.of(),
                                "commit subjects not checked: the clone is shallow and does not"
                                        + " reach back to "
                                        + base.substring(0, 12)));
    }

    @Test
    void aShallowCloneThatReachesBackIsChecked() throws IOException {
        commit("wip");
        Path clone = clone("--depth", "2");

        assertThat(new CommitSubjects(clone, base).check().findings()).hasSize(1);
    }

    @Test
    void aHistoryWithoutTheCommitPasses() {
        String unknown = "0123456789012345678901234567890123456789";

        assertThat(new CommitSubjects(git.directory(), unknown).check())
                .isEqualTo(
                        new CommitSubjects.Result(
                                List.of(),
                                "commit subjects not checked: HEAD does not descend from"
                                        + " 012345678901"));
    }

    @Test
    void anExportedTreePassesEvenInsideOfARepository() throws IOException {
        commit("wip");
        Path export = git.directory().resolve("export");
        Trees.link(git.directory().resolve(".git/refs"), export);

        assertThat(new CommitSubjects(export, base).check())
                .isEqualTo(
                        new CommitSubjects.Result(
                                List.of(),
                                "commit subjects not checked: " + export + " has no .git"));
    }

    @Test
    void aLinkedWorkTreeIsChecked() {
        commit("wip");
        Path linked = root.resolve("linked");
        git.run("worktree", "add", "--quiet", "--detach", linked.toString());

        assertThat(new CommitSubjects(linked, base).check().findings()).hasSize(1);
    }

    private CommitSubjects.Result check() {
        return new CommitSubjects(git.directory(), base).check();
    }

    private void commit(String message) {
        git.run("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--message", message);
    }

    private Path clone(String... options) throws IOException {
        Path clone = root.resolve("clone");
        String[] command = new String[options.length + 4];
        command[0] = "clone";
        command[1] = "--quiet";
        System.arraycopy(options, 0, command, 2, options.length);
        command[command.length - 2] = "file://" + git.directory();
        command[command.length - 1] = clone.toString();
        git.run(command);
        return clone.toRealPath();
    }
}
