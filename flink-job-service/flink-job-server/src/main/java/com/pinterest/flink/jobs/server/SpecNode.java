// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.server.SpecException.Mistake;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A part of a YAML document that knows where it was written: a scalar, a list or a map.
 *
 * @param scalar the text of a scalar, otherwise null
 * @param list the items of a list, otherwise null
 * @param map the entries of a map, otherwise null
 */
record SpecNode(
        String file, int line, String scalar, List<SpecNode> list, Map<String, SpecNode> map) {

    private static final int MAX_CHARACTERS = 1 << 20;

    /**
     * Reads a file.
     *
     * @throws SpecException if it is not YAML, or uses what a specification does not need
     */
    static SpecNode parse(String file, String text) throws SpecException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(MAX_CHARACTERS);
        Node root;
        try {
            root = new Yaml(new SafeConstructor(options)).compose(new java.io.StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw wrong(file, line, e.getProblem());
        } catch (YAMLException e) {
            throw wrong(file, 1, e.getMessage());
        }
        if (root == null) {
            throw wrong(file, 1, "the file is empty");
        }
        return convert(file, root, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private static SpecException wrong(String file, int line, String message) {
        return new SpecException(List.of(new Mistake(file, line, message)));
    }

    private static SpecNode convert(String file, Node node, Set<Node> seen) throws SpecException {
        int line = node.getStartMark().getLine() + 1;
        if (!seen.add(node)) {
            throw wrong(file, line, "aliases (*name) are not allowed");
        }
        if (node instanceof ScalarNode scalar) {
            String text = node.getTag().equals(Tag.NULL) ? "" : scalar.getValue();
            return new SpecNode(file, line, text, null, null);
        }
        if (node instanceof SequenceNode sequence) {
            List<SpecNode> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                items.add(convert(file, item, seen));
            }
            return new SpecNode(file, line, null, items, null);
        }
        Map<String, SpecNode> entries = new LinkedHashMap<>();
        for (NodeTuple entry : ((MappingNode) node).getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw wrong(file, line, "a key has to be a text");
            }
            int keyLine = key.getStartMark().getLine() + 1;
            SpecNode value = convert(file, entry.getValueNode(), seen);
            SpecNode placed = new SpecNode(file, keyLine, value.scalar, value.list, value.map);
            if (entries.put(key.getValue(), placed) != null) {
                throw wrong(file, keyLine, "\"" + key.getValue() + "\" is there twice");
            }
        }
        return new SpecNode(file, line, null, null, entries);
    }

    /**
     * This node with the entries of another one on top: maps by key, everything else as a whole.
     */
    SpecNode with(SpecNode top) {
        if (map == null || top.map == null) {
            return top;
        }
        Map<String, SpecNode> merged = new LinkedHashMap<>(map);
        top.map.forEach((key, value) -> merged.merge(key, value, SpecNode::with));
        return new SpecNode(top.file, top.line, null, null, merged);
    }

    /** The same as plain texts, lists and maps. */
    Object plain() {
        if (map != null) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((key, value) -> plain.put(key, value.plain()));
            return plain;
        }
        return list == null ? scalar : list.stream().map(SpecNode::plain).toList();
    }
}
