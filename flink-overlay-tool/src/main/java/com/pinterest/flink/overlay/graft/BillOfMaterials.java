// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.Jars;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.graft.Assembly.Artifact;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchSeries;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.cyclonedx.Version;
import org.cyclonedx.exception.GeneratorException;
import org.cyclonedx.exception.ParseException;
import org.cyclonedx.generators.BomGeneratorFactory;
import org.cyclonedx.model.Ancestors;
import org.cyclonedx.model.AttachmentText;
import org.cyclonedx.model.Bom;
import org.cyclonedx.model.Component;
import org.cyclonedx.model.Dependency;
import org.cyclonedx.model.Diff;
import org.cyclonedx.model.Evidence;
import org.cyclonedx.model.Hash;
import org.cyclonedx.model.License;
import org.cyclonedx.model.LicenseChoice;
import org.cyclonedx.model.Metadata;
import org.cyclonedx.model.Pedigree;
import org.cyclonedx.model.component.evidence.Occurrence;
import org.cyclonedx.parsers.JsonParser;
import org.cyclonedx.util.LicenseResolver;

/**
 * The CycloneDX bill of materials of a grafted tree. Each jar file is a component; the jars nested
 * in it and the artifacts that it bundles are components below it.
 *
 * <p>There are three sources for what a jar bundles: for jars that the build shades, the
 * dependencies that Maven resolved; for published jars, their NOTICE; for patched and own modules,
 * the overlay. A jar that none of them names is an error, so that nothing gets into the tree
 * unnamed.
 *
 * <p>A modified component keeps upstream's coordinates, because advisories about them apply to it
 * too; its pedigree contains the ancestor and the patches. The document has no serial number and no
 * time: equal trees produce equal bytes.
 */
public final class BillOfMaterials {

    /** The name of the document in the tree, with the extension that CycloneDX recommends. */
    public static final String FILE = "sbom.cdx.json";

    private static final String FLINK = "org.apache.flink";
    private static final Pattern UNDER =
            Pattern.compile(
                    ".* under (?:the )?(.+?)\\.?(?: \\((https?://[^)]+)\\))?\\.?(?: See .*)?");

    /** License names in notices that the CycloneDX library does not recognize. */
    private static final Map<String, String> LICENSES =
            Map.of(
                    "Apache Software License 2.0", "Apache-2.0",
                    "BSD-2", "BSD-2-Clause",
                    "BSD-3", "BSD-3-Clause",
                    "BSD 3-clause", "BSD-3-Clause",
                    "CDDL 1.1", "CDDL-1.1",
                    "Creative Commons CC0", "CC0-1.0",
                    "Eclipse Public License - v 2.0", "EPL-2.0",
                    "ICU license", "ICU",
                    "licenses/LICENSE.scala", "BSD-3-Clause",
                    "MIT", "MIT");

    /**
     * The licenses of copied artifacts, by their groups. What is missing here is under the Apache
     * License, or offered under it: all that comes from the ASF, and our own components.
     */
    private static final Map<String, String> OTHER_LICENSES =
            Map.of("jakarta.servlet", "EPL-2.0", "org.slf4j", "MIT");

    /**
     * The inputs of the document.
     *
     * @param tree the grafted tree
     * @param vanilla the same tree without the overlay
     * @param resolved the CycloneDX document of the artifacts that Maven resolved for the shaded
     *     jars
     */
    public record Inputs(
            Path tree,
            Path vanilla,
            Assembly assembly,
            Path resolved,
            Overlay overlay,
            List<PatchSeries> series,
            String upstreamVersion,
            String forkVersion) {}

    private final Inputs inputs;
    private final List<Component> resolved;
    private final Map<String, PatchSeries> series = new TreeMap<>();

    public BillOfMaterials(Inputs inputs) throws IOException {
        this.inputs = inputs;
        try {
            resolved = new JsonParser().parse(inputs.resolved().toFile()).getComponents();
        } catch (ParseException e) {
            throw new OverlayException(inputs.resolved() + " is not a CycloneDX document", e);
        }
        inputs.series().forEach(one -> series.put(one.module(), one));
    }

    /** Writes the document into the tree and returns the number of components in it. */
    public int write() throws IOException {
        Bom bom = bom();
        String json;
        try {
            json = BomGeneratorFactory.createJson(Version.VERSION_16, bom).toJsonString() + "\n";
        } catch (GeneratorException e) {
            throw new OverlayException("the bill of materials cannot be written", e);
        }
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        requireValid(bytes);
        Files.write(inputs.tree().resolve(FILE), bytes);
        int[] count = {0};
        forEach(bom.getComponents(), component -> count[0]++);
        return count[0];
    }

    /** Fails unless the bytes are a document of CycloneDX 1.6. */
    static void requireValid(byte[] json) throws IOException {
        List<String> errors =
                new JsonParser()
                        .validate(json, Version.VERSION_16).stream()
                                .map(ParseException::getMessage)
                                .toList();
        if (!errors.isEmpty()) {
            throw new OverlayException(
                    "not a bill of materials by CycloneDX 1.6:\n  " + String.join("\n  ", errors));
        }
    }

    private Bom bom() throws IOException {
        Component distribution =
                application("com.pinterest.flink", "flink-dist-pinterest", inputs.forkVersion());
        distribution.setBomRef("distribution");
        distribution.setDescription("Apache Flink with the patches of PATCHES.md");
        distribution.setLicenses(licenses("Apache-2.0"));
        Component upstream = application(FLINK, "flink", inputs.upstreamVersion());
        distribution.setPedigree(pedigree(upstream, List.of()));

        Bom bom = new Bom();
        bom.setMetadata(new Metadata());
        bom.getMetadata().setTimestamp(null);
        bom.getMetadata().setComponent(distribution);
        Dependency contents = new Dependency(distribution.getBomRef());
        for (var jar : Jars.in(inputs.tree()).entrySet()) {
            Component component = new Component();
            try (ZipFile file = Jars.open(jar.getValue())) {
                describe(component, jar.getKey(), topLevelName(jar.getKey(), file), file);
            }
            for (Hash.Algorithm algorithm :
                    List.of(Hash.Algorithm.SHA_256, Hash.Algorithm.SHA_512)) {
                component.addHash(
                        new Hash(algorithm, Checksums.of(algorithm.getSpec(), jar.getValue())));
            }
            bom.addComponent(component);
            contents.addDependency(new Dependency(component.getBomRef()));
        }
        bom.addDependency(contents);
        Map<String, LicenseChoice> known = new TreeMap<>();
        forEach(
                bom.getComponents(),
                one -> {
                    if (one.getLicenses() != null) {
                        known.putIfAbsent(one.getPurl(), one.getLicenses());
                    }
                });
        forEach(
                bom.getComponents(),
                one -> {
                    // A notice without a license: the notice of another jar may name it.
                    if (one.getLicenses() == null) {
                        one.setLicenses(known.get(one.getPurl()));
                    }
                });
        return bom;
    }

    /** Returns a component that is in no artifact repository and therefore has no package URL. */
    private static Component application(String group, String name, String version) {
        Component application = new Component();
        application.setType(Component.Type.APPLICATION);
        application.setGroup(group);
        application.setName(name);
        application.setVersion(version);
        return application;
    }

    private static void forEach(List<Component> components, Consumer<Component> action) {
        for (Component component : components) {
            action.accept(component);
            if (component.getComponents() != null) {
                forEach(component.getComponents(), action);
            }
        }
    }

    private Artifact topLevelName(String path, ZipFile jar) throws IOException {
        Artifact artifact = inputs.assembly().copied().get(path);
        if (artifact != null) {
            return artifact;
        }
        if (inputs.assembly().shaded().containsKey(path)) {
            // This build makes it under upstream's file name, which is in no repository.
            String file = path.substring(path.lastIndexOf('/') + 1);
            String name = file.replaceAll("(-\\d[^/]*)?\\.jar$", "");
            return new Artifact(null, name, inputs.upstreamVersion(), null);
        }
        List<ZipArchiveEntry> descriptors =
                Jars.entries(jar).stream()
                        .filter(
                                entry ->
                                        entry.getName()
                                                .matches("META-INF/maven/.*/pom\\.properties"))
                        .toList();
        if (descriptors.size() != 1) {
            throw new OverlayException(
                    path
                            + " is of unknown origin: the POM of the distribution neither copies nor"
                            + " shades it, and it holds "
                            + descriptors.size()
                            + " pom.properties");
        }
        Properties descriptor = new Properties();
        descriptor.load(new ByteArrayInputStream(Jars.read(jar, descriptors.get(0))));
        return new Artifact(
                descriptor.getProperty("groupId"),
                descriptor.getProperty("artifactId"),
                descriptor.getProperty("version"),
                null);
    }

    /** Sets everything except the hashes. */
    private void describe(Component component, String path, Artifact name, ZipFile jar)
            throws IOException {
        component.setType(Component.Type.LIBRARY);
        name(component, name);
        component.setBomRef(path);
        component.setLicenses(licenses(licenseOf(name)));
        occursAt(component, path);

        SortedMap<String, Component> parts = new TreeMap<>();
        addResolved(parts, path);
        BundledNotice notice = notice(jar);
        addModules(parts, notice, name);
        addDependencies(parts, notice);
        List<Component> nested = new ArrayList<>();
        for (ZipArchiveEntry entry : Jars.entries(jar)) {
            if (Jars.isNestedJar(entry)) {
                nested.add(nested(path + "!/" + entry.getName(), entry, jar));
            }
        }
        addOverlay(parts, component, name, path, jar);
        parts.forEach(
                (purl, part) -> {
                    part.setBomRef(path + "#" + purl);
                    component.addComponent(part);
                });
        nested.forEach(component::addComponent);
    }

    private Component nested(String path, ZipArchiveEntry entry, ZipFile jar) throws IOException {
        byte[] bytes = Jars.read(jar, entry);
        String module = entry.getName().replaceAll("\\.jar$", "").replaceAll("^.*/", "");
        Component component = new Component();
        try (ZipFile file = Jars.open(bytes)) {
            describe(component, path, moduleArtifact(path, module), file);
        }
        component.addHash(new Hash(Hash.Algorithm.SHA_256, Checksums.sha256(bytes)));
        return component;
    }

    /** Adds the artifacts that Maven resolved for a shaded jar. */
    private void addResolved(Map<String, Component> parts, String path) {
        Assembly.Shade shade = inputs.assembly().shaded().get(path);
        if (shade == null) {
            return;
        }
        for (Component one : resolved) {
            if (shade.takes(one.getGroup(), one.getName())) {
                Component part = part(artifact(one));
                part.setLicenses(one.getLicenses());
                parts.put(part.getPurl(), part);
            }
        }
        if (parts.isEmpty()) {
            throw new OverlayException(
                    inputs.resolved() + " names nothing that " + path + " is shaded from");
        }
    }

    /** Adds the modules of Flink that a notice names, except the jar's own. */
    private void addModules(Map<String, Component> parts, BundledNotice notice, Artifact jar) {
        for (String title : notice.modules()) {
            Artifact module = moduleArtifact("the notice of " + jar.name(), title);
            boolean known =
                    module.name().equals(jar.name())
                            || parts.values().stream()
                                    .anyMatch(part -> part.getName().equals(module.name()));
            if (!known) {
                Component part = part(module);
                part.setLicenses(licenses("Apache-2.0"));
                parts.put(part.getPurl(), part);
            }
        }
    }

    private Artifact moduleArtifact(String where, String title) {
        String name = FlinkModules.artifactId(title, where);
        // flink-shaded has its own version, which is only known from Maven's resolution.
        String version = name.startsWith("flink-shaded-") ? null : inputs.upstreamVersion();
        return new Artifact(FLINK, name, version, null);
    }

    private static void addDependencies(Map<String, Component> parts, BundledNotice notice) {
        Map<Artifact, Set<License>> licenses = new LinkedHashMap<>();
        for (BundledNotice.Dependency dependency : notice.dependencies()) {
            Set<License> named =
                    licenses.computeIfAbsent(
                            dependency.artifact(), ignored -> new LinkedHashSet<>());
            license(dependency.license()).ifPresent(named::add);
        }
        licenses.forEach(
                (artifact, named) -> {
                    Component part = part(artifact);
                    if (!named.isEmpty()) {
                        LicenseChoice choice = new LicenseChoice();
                        choice.setLicenses(List.copyOf(named));
                        part.setLicenses(choice);
                    }
                    parts.putIfAbsent(part.getPurl(), part);
                });
    }

    /** Marks patched modules as modified, and adds own modules. */
    private void addOverlay(
            SortedMap<String, Component> parts,
            Component component,
            Artifact name,
            String path,
            ZipFile jar)
            throws IOException {
        TreeSet<String> patchedModules = new TreeSet<>();
        TreeSet<String> ownModules = new TreeSet<>();
        for (ZipArchiveEntry entry : Jars.entries(jar)) {
            Overlay.Entry change = inputs.overlay().changes().get(entry.getName());
            if (change != null) {
                patchedModules.add(change.module());
            }
            inputs.overlay().own().stream()
                    .filter(own -> own.entries().containsKey(entry.getName()))
                    .forEach(own -> ownModules.add(own.module()));
        }
        for (String own : ownModules) {
            String module = own.replace("-" + inputs.forkVersion() + ".jar", "");
            Component part =
                    part(new Artifact("com.pinterest.flink", module, inputs.forkVersion(), null));
            part.setLicenses(licenses("Apache-2.0"));
            parts.put(part.getPurl(), part);
        }
        for (String module : patchedModules) {
            Artifact artifact = new Artifact(FLINK, module, inputs.upstreamVersion(), null);
            if (!module.equals(name.name())) {
                Component part = part(artifact);
                part = parts.getOrDefault(part.getPurl(), part);
                part.setLicenses(licenses("Apache-2.0"));
                part.setPedigree(pedigree(part(artifact), patches(module)));
                parts.put(part.getPurl(), part);
            }
        }
        Path original = inputs.vanilla().resolve(path);
        boolean isFile = !path.contains("!/");
        boolean modified =
                isFile
                        ? Files.mismatch(inputs.tree().resolve(path), original) >= 0
                        : !patchedModules.isEmpty() || !ownModules.isEmpty();
        if (modified) {
            Component ancestor = part(name);
            if (isFile) {
                ancestor.addHash(
                        new Hash(Hash.Algorithm.SHA_256, Checksums.of("SHA-256", original)));
            }
            List<org.cyclonedx.model.Patch> patches =
                    patchedModules.contains(name.name()) ? patches(name.name()) : List.of();
            component.setPedigree(pedigree(ancestor, patches));
        }
    }

    private List<org.cyclonedx.model.Patch> patches(String module) throws IOException {
        List<org.cyclonedx.model.Patch> patches = new ArrayList<>();
        for (Patch patch : series.get(module).patches()) {
            AttachmentText text = new AttachmentText();
            text.setContentType("text/x-diff");
            text.setText(Files.readString(patch.file()));
            Diff diff = new Diff();
            diff.setText(text);
            // The path of the patch in the repository of this distribution.
            diff.setUrl("patches/" + module + "/" + patch.name());
            org.cyclonedx.model.Patch entry = new org.cyclonedx.model.Patch();
            entry.setType(org.cyclonedx.model.Patch.Type.UNOFFICIAL);
            entry.setDiff(diff);
            patches.add(entry);
        }
        return patches;
    }

    private static Pedigree pedigree(Component ancestor, List<org.cyclonedx.model.Patch> patches) {
        Ancestors ancestors = new Ancestors();
        ancestors.addComponent(ancestor);
        Pedigree pedigree = new Pedigree();
        pedigree.setAncestors(ancestors);
        pedigree.setPatches(patches.isEmpty() ? null : patches);
        pedigree.setNotes("Modified in this distribution; PATCHES.md says how and why");
        return pedigree;
    }

    private static BundledNotice notice(ZipFile jar) throws IOException {
        ZipArchiveEntry entry = jar.getEntry(LegalFiles.NOTICE);
        String text =
                entry == null ? "" : new String(Jars.read(jar, entry), StandardCharsets.UTF_8);
        return BundledNotice.parse(text);
    }

    private static Component part(Artifact artifact) {
        Component part = new Component();
        part.setType(Component.Type.LIBRARY);
        name(part, artifact);
        return part;
    }

    private static Artifact artifact(Component component) {
        Matcher classifier = Pattern.compile("[?&]classifier=([^&]+)").matcher(component.getPurl());
        return new Artifact(
                component.getGroup(),
                component.getName(),
                component.getVersion(),
                classifier.find() ? classifier.group(1) : null);
    }

    private static void name(Component component, Artifact artifact) {
        component.setGroup(artifact.group());
        component.setName(artifact.name());
        component.setVersion(artifact.version());
        StringBuilder purl = new StringBuilder("pkg:");
        purl.append(artifact.group() == null ? "generic" : "maven/" + artifact.group());
        purl.append('/').append(artifact.name());
        if (artifact.version() != null) {
            purl.append('@').append(artifact.version());
        }
        if (artifact.classifier() != null) {
            purl.append("?classifier=").append(artifact.classifier());
        }
        component.setPurl(purl.toString());
    }

    private static void occursAt(Component component, String path) {
        Occurrence occurrence = new Occurrence();
        occurrence.setLocation(path);
        Evidence evidence = new Evidence();
        evidence.addOccurrence(occurrence);
        component.setEvidence(evidence);
    }

    private static String licenseOf(Artifact artifact) {
        // A jar that this build shades has no group.
        return artifact.group() == null
                ? "Apache-2.0"
                : OTHER_LICENSES.getOrDefault(artifact.group(), "Apache-2.0");
    }

    private static LicenseChoice licenses(String id) {
        License license = new License();
        license.setId(id);
        LicenseChoice choice = new LicenseChoice();
        choice.addLicense(license);
        return choice;
    }

    /**
     * Returns the license that a paragraph of a notice names, by its SPDX id if possible; empty if
     * it names none.
     */
    static Optional<License> license(String paragraph) {
        Matcher under = UNDER.matcher(paragraph);
        if (!under.matches()) {
            return Optional.empty();
        }
        String words = under.group(1);
        String url = under.group(2);
        License license = new License();
        for (Map.Entry<String, String> known : LICENSES.entrySet()) {
            if (words.startsWith(known.getKey())) {
                license.setId(known.getValue());
                return Optional.of(license);
            }
        }
        LicenseChoice found = url == null ? null : LicenseResolver.resolve(url, false);
        if (found != null && found.getLicenses() != null && !found.getLicenses().isEmpty()) {
            license.setId(found.getLicenses().get(0).getId());
        } else {
            license.setName(words);
            license.setUrl(url);
        }
        return Optional.of(license);
    }
}
