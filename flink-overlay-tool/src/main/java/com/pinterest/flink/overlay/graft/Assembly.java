// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * The jars that the POM of the distribution puts into the tree: the published artifacts that it
 * copies, and the jars that it shades.
 *
 * <p>The POM itself is read, so that there is no second list to maintain. Its properties and those
 * of its parent are resolved, other variables are not.
 */
public final class Assembly {

    /**
     * Maven coordinates.
     *
     * @param classifier the classifier, or null if there is none
     */
    record Artifact(String group, String name, String version, String classifier) {}

    /**
     * A jar that the shade plugin makes.
     *
     * @param includes patterns {@code group:name} of included artifacts; empty for all
     * @param excludes patterns of excluded artifacts
     */
    record Shade(List<String> includes, List<String> excludes) {
        boolean takes(String group, String name) {
            return (includes.isEmpty() || matches(includes, group, name))
                    && !matches(excludes, group, name);
        }

        private static boolean matches(List<String> patterns, String group, String name) {
            return patterns.stream()
                    .anyMatch(
                            pattern ->
                                    pattern.equals(group + ":" + name)
                                            || pattern.equals(group + ":*"));
        }
    }

    private static final Pattern PROPERTY = Pattern.compile("\\$\\{([^}]+)}");

    /** The prefix of a path in the tree; only the POM knows the directory. */
    private static final String TREE = "${twin.directory}/";

    private final Map<String, String> properties = new HashMap<>();
    private final SortedMap<String, Artifact> copied = new TreeMap<>();
    private final SortedMap<String, Shade> shaded = new TreeMap<>();

    private Assembly() {}

    /** Reads the POM and its parent, which is one directory higher. */
    public static Assembly load(Path pom) throws IOException {
        Assembly assembly = new Assembly();
        Element parent = parse(pom.toAbsolutePath().getParent().resolveSibling("pom.xml"));
        Element module = parse(pom);
        for (Element root : List.of(parent, module)) {
            for (Element properties : children(root, "properties")) {
                for (Element property : children(properties, null)) {
                    assembly.properties.put(property.getTagName(), text(property));
                }
            }
        }
        // This stays a variable, because paths in the tree are recognized by it.
        assembly.properties.remove("twin.directory");
        for (Element item : descendants(module, "artifactItem")) {
            assembly.addCopied(item);
        }
        for (Element output : descendants(module, "outputFile")) {
            assembly.addShaded(output);
        }
        return assembly;
    }

    /** Returns the published artifacts that are copied, by their path in the tree. */
    SortedMap<String, Artifact> copied() {
        return copied;
    }

    /** Returns the jars that the shade plugin makes, by their path in the tree. */
    SortedMap<String, Shade> shaded() {
        return shaded;
    }

    private void addCopied(Element item) {
        Artifact artifact =
                new Artifact(
                        required(item, "groupId"),
                        required(item, "artifactId"),
                        required(item, "version"),
                        child(item, "classifier").orElse(null));
        String suffix = artifact.classifier() == null ? "" : "-" + artifact.classifier();
        String file =
                child(item, "destFileName")
                        .orElse(artifact.name() + "-" + artifact.version() + suffix + ".jar");
        treePath(outputDirectory(item) + "/" + file).ifPresent(path -> copied.put(path, artifact));
    }

    /** The directory of an item: its own, or that of the execution. */
    private String outputDirectory(Element item) {
        Element configuration = (Element) item.getParentNode().getParentNode();
        return child(item, "outputDirectory")
                .orElseGet(() -> required(configuration, "outputDirectory"));
    }

    private void addShaded(Element output) {
        Element configuration = (Element) output.getParentNode();
        List<String> includes = new ArrayList<>();
        List<String> excludes = new ArrayList<>();
        for (Element artifacts : children(configuration, "artifactSet")) {
            descendants(artifacts, "include").forEach(element -> includes.add(value(element)));
            descendants(artifacts, "exclude").forEach(element -> excludes.add(value(element)));
        }
        treePath(value(output)).ifPresent(path -> shaded.put(path, new Shade(includes, excludes)));
    }

    private static Optional<String> treePath(String path) {
        return path.startsWith(TREE)
                ? Optional.of(path.substring(TREE.length()))
                : Optional.empty();
    }

    private String required(Element parent, String name) {
        return child(parent, name)
                .orElseThrow(
                        () ->
                                new OverlayException(
                                        parent.getTagName() + " of the POM has no " + name));
    }

    private Optional<String> child(Element parent, String name) {
        return children(parent, name).stream().findFirst().map(this::value);
    }

    private String value(Element element) {
        Matcher matcher = PROPERTY.matcher(text(element));
        return matcher.replaceAll(
                match ->
                        Matcher.quoteReplacement(
                                properties.getOrDefault(match.group(1), match.group())));
    }

    private static String text(Element element) {
        return element.getTextContent().strip();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element
                    && (name == null || element.getTagName().equals(name))) {
                found.add(element);
            }
        }
        return found;
    }

    private static List<Element> descendants(Element root, String name) {
        List<Element> found = new ArrayList<>();
        var nodes = root.getElementsByTagName(name);
        for (int i = 0; i < nodes.getLength(); i++) {
            found.add((Element) nodes.item(i));
        }
        return found;
    }

    private static Element parse(Path pom) throws IOException {
        try {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
            return document.getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new OverlayException(pom + " cannot be read as a POM", e);
        }
    }
}
