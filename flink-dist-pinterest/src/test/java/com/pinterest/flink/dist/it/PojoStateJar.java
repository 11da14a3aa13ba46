// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The two versions of the jar of {@link PojoStateJob}. The second one has other fields in two of
 * the POJOs: some are new, some are gone, and all are in another order.
 */
enum PojoStateJar {
    FIRST(
            """
            int amount
            String comment
            Integer rating
            Address delivery
            java.util.ArrayList<String> tags
            double weight
            boolean express
            long placed
            """,
            """
            String street
            int number
            String town
            """),
    SECOND(
            """
            long placed
            Address billing
            java.util.ArrayList<String> tags
            java.util.ArrayList<String> coupons
            double weight
            long changed
            Address delivery
            int amount
            boolean express
            String comment
            """,
            """
            String town
            String country
            String street
            """);

    /** In both versions: the keys of a savepoint cannot change. */
    private static final String CUSTOMER =
            """
            long id
            String name
            Branch branch
            """;

    private static final String BRANCH =
            """
            String town
            int number
            """;

    private final String order;
    private final String address;

    PojoStateJar(String order, String address) {
        this.order = order;
        this.address = address;
    }

    /** Compiles and packs the jar. */
    Path in(Path directory) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        sources.put(PojoStateJob.ORDER, bean("Order", order));
        sources.put(PojoStateJob.ADDRESS, bean("Address", address));
        sources.put(PojoStateJob.CUSTOMER, bean("Customer", CUSTOMER));
        sources.put(PojoStateJob.BRANCH, bean("Branch", BRANCH));
        List<Class<?>> job = new ArrayList<>(List.of(PojoStateJob.class.getNestMembers()));
        job.add(NumberedPojo.class);
        return new Fixtures(directory)
                .jar(
                        name() + ".jar",
                        sources,
                        job,
                        Map.of("Main-Class", PojoStateJob.class.getName()),
                        Map.of());
    }

    /** The source of a class with private fields, and an accessor and a mutator for each. */
    private static String bean(String name, String fields) {
        return """
               package %s;
               public class %s extends %s {
               %s}
               """
                .formatted(
                        PojoStateJob.PACKAGE,
                        name,
                        NumberedPojo.class.getName(),
                        fields.lines().map(field -> property(field.split(" "))).collect(joining()));
    }

    private static String property(String... typeAndName) {
        String name = typeAndName[1];
        return """
                private TYPE NAME;
                public TYPE getPROPERTY() { return NAME; }
                public void setPROPERTY(TYPE NAME) { this.NAME = NAME; }
                """
                .replace("TYPE", typeAndName[0])
                .replace("NAME", name)
                .replace("PROPERTY", Character.toUpperCase(name.charAt(0)) + name.substring(1));
    }
}
