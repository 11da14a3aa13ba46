// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import com.pinterest.flink.overlay.base.Jars;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.graft.Assembly;
import com.pinterest.flink.overlay.graft.BillOfMaterials;
import com.pinterest.flink.overlay.graft.Graft;
import com.pinterest.flink.overlay.graft.LegalFiles;
import com.pinterest.flink.overlay.graft.Overlay;
import com.pinterest.flink.overlay.graft.PatchedArtifact;
import com.pinterest.flink.overlay.graft.PatchesReport;
import com.pinterest.flink.overlay.graft.Tarball;
import com.pinterest.flink.overlay.graft.TreeDiff;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.source.OverlayCheck;
import com.pinterest.flink.overlay.source.PatchedSourceCompiler;
import com.pinterest.flink.overlay.source.SourceOverlay;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Stream;

/** The command line of the overlay tool; see {@link #USAGE}. */
public final class Main {

    private static final String USAGE =
            """
            Usage: overlay COMMAND [--option VALUE]...

              apply     write the patched sources and resources of upstream modules, and the
                        classes of those sources that are in Scala
                          --modules a,b  --patches DIR  --upstream DIR  --fork-version V
                          --sources DIR  --resources DIR  --classes DIR  --stamp FILE
                          --own-sources a,b  --class-path PATH  [--line MAJOR.MINOR]
              check     compare the compiled classes with upstream's and write their index
                          --modules a,b  --patches DIR  --upstream DIR  --sources DIR
                          --classes DIR  --class-path PATH  [--line MAJOR.MINOR]
              legal     collect license texts and notices from the jars of a tree
                          --tree DIR
              graft     copy a tree, put the overlay into its jars, verify, write PATCHES.md
                          --from DIR  --to DIR  --overlay JARS  --patches DIR  --fork-version V
              verify    fail if a jar of the tree holds an unpatched copy
                          --tree DIR  --overlay JARS
              diff      list how a patched tree differs from its twin; fail on the unexplained
                          --vanilla DIR  --patched DIR  --overlay JARS
              artifact  write the patched form of one published jar, unpacked, and its sources jar
                          --module M  --upstream DIR  --patches DIR  --fork-version V
                          --class-path PATH  --own true|false  --notice FILE
                          --classes DIR  --sources JAR
              sbom      write the bill of materials of a grafted tree into it
                          --tree DIR  --vanilla DIR  --pom FILE  --resolved FILE
                          --overlay JARS  --patches DIR  --fork-version V
              tarball   write a tree as a reproducible .tgz with its .sha512
                          --tree DIR  --to FILE  --time ISO-INSTANT
            """;

    private Main() {}

    /** Runs one command. Exits with 1 and prints a message to standard error if it fails. */
    public static void main(String[] arguments) throws IOException {
        // Archive libraries convert the times of zip entries, which have no zone, with the default
        // zone.
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        try {
            run(Arrays.asList(arguments));
        } catch (OverlayException e) {
            System.err.println("ERROR: " + e.getMessage());
            if (e.getCause() != null) {
                e.getCause().printStackTrace();
            }
            System.exit(1);
        }
    }

    public static void run(List<String> arguments) throws IOException {
        String command = arguments.isEmpty() ? "--help" : arguments.get(0);
        List<String> rest = arguments.subList(Math.min(1, arguments.size()), arguments.size());
        switch (command) {
            case "apply" -> apply(rest);
            case "check" -> check(rest);
            case "legal" ->
                    LegalFiles.collect(Options.parse(rest, "--tree").requiredPath("--tree"));
            case "graft" -> graft(rest);
            case "verify" -> verify(rest);
            case "diff" -> diff(rest);
            case "artifact" -> artifact(rest);
            case "sbom" -> sbom(rest);
            case "tarball" -> tarball(rest);
            case "--help", "-h", "help" -> System.out.print(USAGE);
            default -> throw new OverlayException("unknown command " + command + "\n" + USAGE);
        }
    }

    private static void apply(List<String> arguments) throws IOException {
        Options options =
                Options.parse(
                        arguments,
                        "--modules",
                        "--patches",
                        "--line",
                        "--upstream",
                        "--fork-version",
                        "--sources",
                        "--resources",
                        "--classes",
                        "--stamp",
                        "--own-sources",
                        "--class-path");
        PatchSet patches = patchSet(options);
        Path sources = options.requiredPath("--sources");
        Path classes = options.requiredPath("--classes");
        SourceOverlay overlay =
                new SourceOverlay(
                        patches,
                        options.requiredPath("--upstream"),
                        options.required("--fork-version"));
        boolean applied =
                overlay.apply(
                        options.list("--modules"),
                        new SourceOverlay.Target(
                                sources,
                                options.requiredPath("--resources"),
                                classes,
                                options.requiredPath("--stamp")),
                        new PatchedSourceCompiler(
                                options.required("--class-path"),
                                Stream.concat(
                                                Stream.of(sources),
                                                options.list("--own-sources").stream()
                                                        .map(Path::of))
                                        .toList(),
                                classes));
        System.out.println(
                applied
                        ? "applied the patches of " + options.required("--modules")
                        : "patches and pins unchanged, nothing to do");
    }

    private static void check(List<String> arguments) throws IOException {
        Options options =
                Options.parse(
                        arguments,
                        "--modules",
                        "--patches",
                        "--line",
                        "--upstream",
                        "--sources",
                        "--classes",
                        "--class-path");
        PatchSet patches = patchSet(options);
        Set<String> listed = new HashSet<>();
        Files.readAllLines(patches.directory().resolve("upstream-packages.txt")).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(name -> listed.add(name.replace('.', '/') + ".class"));
        List<PatchSeries> series = new java.util.ArrayList<>();
        for (String module : options.list("--modules")) {
            series.add(patches.series(module));
        }
        new OverlayCheck(
                        options.requiredPath("--classes"),
                        options.requiredPath("--upstream"),
                        options.requiredPath("--sources"),
                        options.required("--class-path"))
                .check(series, listed)
                .forEach(
                        index ->
                                index.changes()
                                        .forEach(
                                                (entry, change) ->
                                                        System.out.println(
                                                                index.module()
                                                                        + ": "
                                                                        + change.action()
                                                                        + " "
                                                                        + entry)));
    }

    private static void graft(List<String> arguments) throws IOException {
        Options options =
                Options.parse(
                        arguments, "--from", "--to", "--overlay", "--patches", "--fork-version");
        PatchSet patches = PatchSet.ofBaseLine(options.requiredPath("--patches"));
        Path vanilla = options.requiredPath("--from");
        Path tree = options.requiredPath("--to");
        String forkVersion = options.required("--fork-version");
        String hash = patches.hash();
        Overlay overlay = overlay(options);
        Trees.delete(tree);
        Trees.link(vanilla, tree);
        Map<String, List<String>> touched = new Graft(overlay, forkVersion, hash).apply(tree);
        touched.forEach((jar, entries) -> System.out.println(jar + ": " + entries.size()));
        Files.writeString(
                tree.resolve("PATCHES.md"),
                PatchesReport.render(forkVersion, patches.pins(), hash, patches.all(), touched));
        System.out.println(
                Graft.verify(tree, overlay) + " patched entries, no unpatched copy left");
    }

    private static void verify(List<String> arguments) throws IOException {
        Options options = Options.parse(arguments, "--tree", "--overlay");
        int found = Graft.verify(options.requiredPath("--tree"), overlay(options));
        System.out.println(found + " patched entries, no unpatched copy left");
    }

    private static void diff(List<String> arguments) throws IOException {
        Options options = Options.parse(arguments, "--vanilla", "--patched", "--overlay");
        List<String> unexplained =
                new TreeDiff(overlay(options), System.out)
                        .compare(
                                options.requiredPath("--vanilla"),
                                options.requiredPath("--patched"));
        if (!unexplained.isEmpty()) {
            throw new OverlayException(
                    unexplained.size() + " differences that no patch or module explains");
        }
    }

    private static void artifact(List<String> arguments) throws IOException {
        Options options =
                Options.parse(
                        arguments,
                        "--module",
                        "--upstream",
                        "--patches",
                        "--fork-version",
                        "--class-path",
                        "--own",
                        "--notice",
                        "--classes",
                        "--sources");
        String own = options.required("--own");
        if (!own.equals("true") && !own.equals("false")) {
            throw new OverlayException("option --own is " + own + ": it must be true or false");
        }
        Path classes = options.requiredPath("--classes");
        PatchedArtifact artifact =
                new PatchedArtifact(
                        options.required("--module"),
                        options.requiredPath("--upstream"),
                        PatchSet.ofBaseLine(options.requiredPath("--patches")),
                        options.required("--fork-version"));
        artifact.writeSources(options.requiredPath("--sources"));
        artifact.writeClasses(
                        Jars.onClassPath(options.required("--class-path")),
                        Boolean.parseBoolean(own),
                        options.requiredPath("--notice"),
                        classes)
                .forEach((jar, entries) -> System.out.println(jar + ": " + entries.size()));
    }

    private static void sbom(List<String> arguments) throws IOException {
        Options options =
                Options.parse(
                        arguments,
                        "--tree",
                        "--vanilla",
                        "--pom",
                        "--resolved",
                        "--overlay",
                        "--patches",
                        "--fork-version");
        PatchSet patches = PatchSet.ofBaseLine(options.requiredPath("--patches"));
        int components =
                new BillOfMaterials(
                                new BillOfMaterials.Inputs(
                                        options.requiredPath("--tree"),
                                        options.requiredPath("--vanilla"),
                                        Assembly.load(options.requiredPath("--pom")),
                                        options.requiredPath("--resolved"),
                                        overlay(options),
                                        patches.all(),
                                        patches.pins().version(),
                                        options.required("--fork-version")))
                        .write();
        System.out.println(BillOfMaterials.FILE + ": " + components + " components");
    }

    private static void tarball(List<String> arguments) throws IOException {
        Options options = Options.parse(arguments, "--tree", "--to", "--time");
        Path tarball = options.requiredPath("--to");
        Tarball.write(
                options.requiredPath("--tree"), tarball, Instant.parse(options.required("--time")));
        System.out.println(tarball + " " + Files.size(tarball) / (1 << 20) + " MB");
    }

    private static PatchSet patchSet(Options options) {
        return new PatchSet(options.requiredPath("--patches"), options.optional("--line", ""));
    }

    private static Overlay overlay(Options options) throws IOException {
        return Overlay.load(
                options.all("--overlay").stream()
                        .flatMap(jars -> Stream.of(jars.split(File.pathSeparator)))
                        .map(Path::of)
                        .toList());
    }
}
