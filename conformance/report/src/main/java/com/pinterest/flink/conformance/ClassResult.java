// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The result of the tests of one class.
 *
 * @param testClass the fully qualified name of the class
 * @param executed number of tests that ended, passed or failed; without skipped tests
 * @param failures the tests that failed, also when they were repeated
 * @param flaky the methods that failed first and passed when they were repeated
 */
record ClassResult(
        String testClass, int executed, int skipped, List<Failure> failures, List<String> flaky) {

    /**
     * A failed test.
     *
     * @param method the method, without parameters
     * @param message the first line of the message in the report
     */
    record Failure(String method, String message) {}

    /**
     * Reads the Surefire reports of a module, sorted by class. Returns an empty list if there is no
     * directory.
     */
    static List<ClassResult> readAll(Path reports) throws IOException {
        if (!Files.isDirectory(reports)) {
            return List.of();
        }
        Map<String, ClassResult> results = new TreeMap<>();
        try (Stream<Path> files = Files.list(reports)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("TEST-") && name.endsWith(".xml")) {
                    ClassResult result = read(file);
                    results.put(result.testClass, result);
                }
            }
        }
        return List.copyOf(results.values());
    }

    private static ClassResult read(Path file) throws IOException {
        Element suite = parse(file);
        int executed = 0;
        int skipped = 0;
        List<Failure> failures = new ArrayList<>();
        List<String> flaky = new ArrayList<>();
        NodeList cases = suite.getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            if (test.getElementsByTagName("skipped").getLength() > 0) {
                skipped++;
                continue;
            }
            executed++;
            String method = method(test.getAttribute("name"));
            Element failed = first(test, "failure", "error");
            if (failed != null) {
                failures.add(new Failure(method, firstLine(failed.getAttribute("message"))));
            } else if (first(test, "flakyFailure", "flakyError") != null) {
                flaky.add(method);
            }
        }
        return new ClassResult(suite.getAttribute("name"), executed, skipped, failures, flaky);
    }

    /** Returns the first element with one of these names, or null. */
    private static Element first(Element parent, String... names) {
        for (String name : names) {
            NodeList found = parent.getElementsByTagName(name);
            if (found.getLength() > 0) {
                return (Element) found.item(0);
            }
        }
        return null;
    }

    private static Element parse(Path file) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            return builder.parse(file.toFile()).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + " is not a test report", e);
        }
    }

    /** Removes the parameters and repetitions that Surefire appends in different brackets. */
    private static String method(String name) {
        return name.split("[(\\[{ ]", 2)[0];
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
