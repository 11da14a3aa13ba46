// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** A report says the same in each of its forms. */
class FallbackReportTest {

    private final SerializerConfigImpl config = new SerializerConfigImpl();
    private final FallbackReport report = new FallbackReport("job 'orders'", config);

    @Test
    void nothingFound() throws Exception {
        add("map", Types.STRING);

        assertThat(report.isEmpty()).isTrue();
        assertThat(report.toLogLine()).isEqualTo("No type of job 'orders' goes through Kryo.");
        assertThat(report.toText()).isEqualTo("No type of job 'orders' goes through Kryo.\n");
        assertThat(json().get("fallbacks")).isEmpty();
    }

    @Test
    void samePlaceIsReportedOnceWithAllItsUsers() throws Exception {
        add("source", TypeInformation.of(Order.class));
        add("map", TypeInformation.of(Order.class));
        add("map", TypeInformation.of(UUID.class));

        assertThat(report.fallbacks()).hasSize(2);
        JsonNode order = json().get("fallbacks").get(0);
        assertThat(order.get("path").asText()).isEqualTo("FallbackReportTest$Order.id");
        assertThat(order.get("type").asText()).isEqualTo("java.util.UUID");
        assertThat(order.get("usedBy").toString()).isEqualTo("[\"map\",\"source\"]");
        assertThat(order.get("reason").asText()).isNotEmpty();
        assertThat(order.get("remedy").asText()).isNotEmpty();
    }

    @Test
    void logHasOneLineWithPlaceReasonRemedyAndCost() {
        add("map", TypeInformation.of(UUID.class));

        KryoFallback found = report.fallbacks().get(0);
        assertThat(report.toLogLine())
                .doesNotContain("\n")
                .startsWith("1 type of job 'orders' goes through Kryo: UUID: java.util.UUID (")
                .contains(found.reason(), found.remedy(), found.cost().orElseThrow().toString());
    }

    @Test
    void logHasAnEnd() {
        add("map", TypeInformation.of(Many.class));

        assertThat(report.toLogLine())
                .startsWith("12 types of job 'orders' go through Kryo: ")
                .contains("Many.j: ")
                .doesNotContain("Many.k: ")
                .endsWith("; and 2 more.");
        assertThat(report.toText()).contains("Many.k: ", "Many.l: ");
    }

    @Test
    void textHasOneParagraphForEach() {
        add("map", TypeInformation.of(Order.class));

        assertThat(report.toText().lines())
                .startsWith(
                        "1 type of job 'orders' goes through Kryo.",
                        "",
                        "FallbackReportTest$Order.id: java.util.UUID",
                        "  used by: map",
                        "  why:     Flink has no serializer for this class of the library")
                .hasSize(7);
    }

    @Test
    void costIsGivenWhereItWasMeasuredOnly() throws Exception {
        add("map", TypeInformation.of(UUID.class));
        add("map", TypeInformation.of(Thread.class));

        JsonNode known = json().get("fallbacks").get(0).get("cost");
        for (String operation : List.of("serialize", "deserialize", "copy")) {
            assertThat(known.get(operation).asDouble()).as(operation).isGreaterThan(1);
        }
        assertThat(json().get("fallbacks").get(1).get("cost").isNull()).isTrue();
        assertThat(report.toText()).contains("cost:    not measured for this type");
    }

    private void add(String user, TypeInformation<?> type) {
        report.add(user, type.createSerializer(config));
    }

    private JsonNode json() throws Exception {
        return new ObjectMapper().readTree(report.toJson());
    }

    public static class Order {
        public UUID id;
        public String name;
    }

    public static class Many {
        public UUID a;
        public UUID b;
        public UUID c;
        public UUID d;
        public UUID e;
        public UUID f;
        public UUID g;
        public UUID h;
        public UUID i;
        public UUID j;
        public UUID k;
        public UUID l;
    }
}
