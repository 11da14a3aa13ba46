// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Small changes of a stored document. */
final class SpecEdits {

    private SpecEdits() {}

    static String withParallelism(String document, int parallelism) {
        Map<String, Object> root = load(document);
        map(map(root, "spec"), "job").put("parallelism", parallelism);
        return dump(root);
    }

    /** Sets keys; a key may stand in the document as a path of maps, too, and is then replaced. */
    static String withConfiguration(String document, Map<String, String> configuration) {
        Map<String, Object> root = load(document);
        Map<String, Object> spec = map(root, "spec");
        Map<String, Object> flat = new LinkedHashMap<>();
        flatten("", map(spec, "flinkConfiguration"), flat);
        flat.putAll(configuration);
        spec.put("flinkConfiguration", flat);
        return dump(root);
    }

    private static void flatten(String prefix, Map<?, ?> map, Map<String, Object> flat) {
        map.forEach(
                (key, value) -> {
                    String name = prefix.isEmpty() ? key.toString() : prefix + "." + key;
                    if (value instanceof Map<?, ?> nested) {
                        flatten(name, nested, flat);
                    } else {
                        flat.put(name, value);
                    }
                });
    }

    private static Map<String, Object> load(String document) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(document);
    }

    @SuppressWarnings("unchecked") // A stored document was checked.
    private static Map<String, Object> map(Map<String, Object> parent, String name) {
        return (Map<String, Object>) parent.computeIfAbsent(name, key -> new LinkedHashMap<>());
    }

    private static String dump(Map<String, Object> root) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setWidth(1_000);
        return new Yaml(options).dump(root);
    }
}
