// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patchctl;

import com.pinterest.flink.overlay.worktree.Git;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rule for the subjects of commits: a capitalized imperative verb first, no area in front, no
 * full stop, not too long. Merges are exempt.
 *
 * <p>Words that are not imperatives are recognized by their ending and by a list. A noun that
 * neither covers passes.
 */
final class CommitSubjects {

    /** The last commit of this repository that is exempt from the rule. */
    static final String BASE = "ce6e6a21b0de7e1a3afc749d1624729e386673d3";

    private static final int MOST_CHARACTERS = 100;

    /** A name with a colon, such as "Docs:" or "Overlay tool:". */
    private static final Pattern AREA = Pattern.compile("\\S+( [^\\s\"]+)?:(?= |$)");

    private static final Pattern CAPITALIZED = Pattern.compile("[A-Z][a-z]+(-[a-z]+)*");

    /** Past tense, participle, third person, plural. */
    private static final Pattern INFLECTED = Pattern.compile(".*(ed|ing|[^s]s)");

    /** Verbs that only look inflected. */
    private static final Set<String> IMPERATIVES =
            Set.of(
                    "Alias", "Bias", "Bleed", "Breed", "Bring", "Cling", "Embed", "Exceed", "Feed",
                    "Fling", "Focus", "Heed", "Need", "Ping", "Proceed", "Ring", "Seed", "Shed",
                    "Sing", "Sling", "Speed", "Spring", "Sting", "String", "Succeed", "Swing",
                    "Weed", "Wring");

    /** Words that no ending reveals, mostly irregular past tenses. */
    private static final Set<String> NO_IMPERATIVES =
            Set.of(
                    "An", "Began", "Broke", "Brought", "Built", "Chose", "Did", "Drew", "Fell",
                    "Gave", "Got", "Held", "Kept", "Left", "Lost", "Made", "Meant", "Ran",
                    "Rewrote", "Said", "Sent", "Taught", "The", "Threw", "Told", "Took", "Went",
                    "Were", "Wip", "Wrote");

    private final Path root;
    private final String base;

    /**
     * Creates the check.
     *
     * @param root the root of a git work tree, or of a tree without one
     * @param base the last commit that is exempt from the rule
     */
    CommitSubjects(Path root, String base) {
        this.root = root;
        this.base = base;
    }

    /**
     * The result of a check.
     *
     * @param findings the violations, one line each
     * @param summary what was checked, or why nothing was
     */
    record Result(List<String> findings, String summary) {}

    /** Checks the commits after the base, if the history is available. */
    Result check() {
        if (!Files.exists(root.resolve(".git"))) {
            return unchecked(root + " has no .git");
        }
        Git git = Git.ofUser(root);
        String start = base.substring(0, 12);
        if (git.attempt("merge-base", "--is-ancestor", base, "HEAD").status() != 0) {
            Git.Result shallow = git.attempt("rev-parse", "--is-shallow-repository");
            if (shallow.status() != 0) {
                return unchecked(shallow.errors().strip());
            }
            return unchecked(
                    shallow.output().strip().equals("true")
                            ? "the clone is shallow and does not reach back to " + start
                            : "HEAD does not descend from " + start);
        }
        List<String> findings = new ArrayList<>();
        List<String> commits =
                git.run(
                                "log",
                                "--reverse",
                                "--no-merges",
                                "--no-color",
                                "--no-show-signature",
                                "--format=%h %s",
                                base + "..HEAD")
                        .lines()
                        .toList();
        for (String commit : commits) {
            int blank = commit.indexOf(' ');
            String subject = commit.substring(blank + 1);
            String where = "commit " + commit.substring(0, blank) + " \"" + subject + "\": ";
            findings(subject).forEach(finding -> findings.add(where + finding));
        }
        return new Result(findings, "ok, " + commits.size() + " commit subjects");
    }

    private static Result unchecked(String reason) {
        return new Result(List.of(), "commit subjects not checked: " + reason);
    }

    private static List<String> findings(String subject) {
        List<String> findings = new ArrayList<>();
        String first = subject.split(" ", 2)[0];
        Matcher area = AREA.matcher(subject);
        if (area.lookingAt()) {
            findings.add("begins with an area instead of a verb: " + area.group());
        } else if (!CAPITALIZED.matcher(first).matches()) {
            findings.add("does not begin with a capitalized verb: " + first);
        } else if (NO_IMPERATIVES.contains(first)
                || (INFLECTED.matcher(first).matches() && !IMPERATIVES.contains(first))) {
            findings.add("does not begin with a verb in the imperative: " + first);
        }
        if (subject.endsWith(".")) {
            findings.add("ends with a full stop");
        }
        int characters = subject.codePointCount(0, subject.length());
        if (characters > MOST_CHARACTERS) {
            findings.add("is " + characters + " characters long, over " + MOST_CHARACTERS);
        }
        return findings;
    }
}
