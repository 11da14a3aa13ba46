// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A module of this repository that patches upstream modules, as its POM describes it.
 *
 * @param sources its own Java sources, which patches call
 * @param dependencies the {@code <dependency>} elements that it compiles against, without modules
 *     of this repository
 */
public record OverlayModule(Path sources, List<Dependency> dependencies) {

    private static final String OWN_GROUP = "com.pinterest.flink";

    /**
     * A dependency.
     *
     * @param version the version in the POM, or empty if it is managed
     */
    record Dependency(String groupId, String artifactId, String version) {}

    /** Returns the modules below a root whose POM sets {@code overlay.modules}. */
    public static List<OverlayModule> in(Path root) throws IOException {
        List<OverlayModule> modules = new ArrayList<>();
        try (var directories = Files.list(root)) {
            for (Path directory : directories.sorted().toList()) {
                Path pom = directory.resolve("pom.xml");
                if (Files.isRegularFile(pom)) {
                    Element project = parse(pom);
                    Element properties = child(project, "properties");
                    if (properties != null && child(properties, "overlay.modules") != null) {
                        modules.add(
                                new OverlayModule(
                                        directory.resolve("src/main/java"), dependencies(project)));
                    }
                }
            }
        }
        return List.copyOf(modules);
    }

    private static Element parse(Path pom) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(pom.toFile())
                    .getDocumentElement();
        } catch (SAXException | ParserConfigurationException e) {
            throw new OverlayException(pom + " is not a POM: " + e.getMessage(), e);
        }
    }

    private static List<Dependency> dependencies(Element project) {
        List<Dependency> dependencies = new ArrayList<>();
        Element all = child(project, "dependencies");
        for (Node node = all == null ? null : all.getFirstChild();
                node != null;
                node = node.getNextSibling()) {
            if (node instanceof Element dependency
                    && !text(dependency, "scope").equals("test")
                    && !text(dependency, "groupId").equals(OWN_GROUP)) {
                dependencies.add(
                        new Dependency(
                                text(dependency, "groupId"),
                                text(dependency, "artifactId"),
                                text(dependency, "version")));
            }
        }
        return List.copyOf(dependencies);
    }

    private static Element child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                return element;
            }
        }
        return null;
    }

    private static String text(Element parent, String name) {
        Element child = child(parent, name);
        return child == null ? "" : child.getTextContent().strip();
    }
}
