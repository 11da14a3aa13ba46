// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.junit.jupiter.api.Test;

/** A document as readers see it. */
class PlacementTextTest {

    private static final String JOB =
            "'version':1,'job-id':'00000000000000000000000000000001','job-name':'flights',"
                    + "'scheduler':'Default','mode':'auto','time':'2026-01-02T03:04:05Z',";

    private static final String PLACED =
            "'fallback':null,'fallbacks':2,'costs':'hints',"
                    + "'plan':{'origin':'search','steps':7,'cut-short':true,'planning-ms':1.26,"
                    + "'kept-groups':3},"
                    + "'upstream':{'utilisation':1.4,'zones':0.27,'racks':0.3,'hosts':0.39,"
                    + "'moved-state':0},"
                    + "'placed':{'utilisation':1.05,'zones':0.06,'racks':0.1,'hosts':0.23,"
                    + "'moved-state':5000000},'utilisation-mean':1.0,"
                    + "'vertices':[{'id':'a','name':'source','parallelism':1,'cpu':2},"
                    + "{'id':'b','name':'a name of more than thirty-two characters',"
                    + "'parallelism':5,'cpu':5}],"
                    + "'task-managers':[{'id':'tm-1','zone':'a','rack':'r1','host':'h1',"
                    + "'utilisation':1.05,'groups':[[[1,4],[0,0]],[[1,0]],[[1,1]],[[1,2]]]},"
                    + "{'id':'tm-2','zone':'','rack':'','host':'h2','utilisation':0.5,"
                    + "'groups':[[[1,3]]]},{'id':'tm-3','zone':'a','rack':'r1','host':'h1',"
                    + "'utilisation':0,'groups':[]}]";

    @Test
    void lineNamesWhatIsInUse() throws Exception {
        assertThat(PlacementText.line(document(JOB + PLACED)))
                .isEqualTo(
                        "6 tasks on 3 TaskManagers, mode auto, costs hints: utilisation 1.050,"
                                + " bytes across zones 6.0 %, racks 10.0 %, hosts 23.0 %, state"
                                + " moved 5000000; upstream's: utilisation 1.400, bytes across"
                                + " zones 27.0 %, racks 30.0 %, hosts 39.0 %, state moved 0; by"
                                + " search after 7 steps, cut short. tm-1(a/r1): source[0] a name"
                                + " of more than thirty-two c[0-2,4]; tm-2(/): a name of more than"
                                + " thirty-two c[3]");
    }

    @Test
    void pageComparesWithUpstreams() throws Exception {
        assertThat(PlacementText.page(document(JOB + PLACED)))
                .isEqualTo(
                        String.join(
                                "\n",
                                "flights (00000000000000000000000000000001)",
                                "placed at 2026-01-02T03:04:05Z, scheduler Default, mode auto",
                                "by search after 7 steps, cut short, in 1.3 ms; costs: hints",
                                "3 groups of tasks kept their slots",
                                "fallbacks to upstream's placement before: 2",
                                "",
                                "                                   upstream's         this",
                                "highest load of a TaskManager           1.400        1.050",
                                "bytes across zones                     27.0 %        6.0 %",
                                "bytes across racks                     30.0 %       10.0 %",
                                "bytes across hosts                     39.0 %       23.0 %",
                                "state to move, MB                         0.0          5.0",
                                "",
                                "TaskManager  zone     rack       load  tasks",
                                "tm-1         a        r1        1.050  source[0] a name of more"
                                        + " than thirty-two c[0-2,4]",
                                "tm-2         -        -         0.500  a name of more than"
                                        + " thirty-two c[3]",
                                "tm-3         a        r1        0.000",
                                ""));
    }

    @Test
    void fallbackIsNamedWithItsReason() throws Exception {
        PlacementDocument document =
                document(JOB + "'fallback':'no slot','fallbacks':1,'placed':null");

        assertThat(PlacementText.line(document)).isEqualTo("falls back to upstream's: no slot");
        assertThat(PlacementText.page(document))
                .contains("by upstream, as this failed: no slot", "since the job started: 1");
        assertThat(document.number("placed", "utilisation")).isNaN();
    }

    @Test
    void documentIsReadAsItWasWritten() throws Exception {
        PlacementDocument document = document(JOB + PLACED);

        PlacementDocument read =
                RestMapperUtils.getStrictObjectMapper()
                        .readValue(document.json(), PlacementDocument.class);

        assertThat(read.root()).isEqualTo(document.root());
        assertThat(read.number("plan", "planning-ms")).isEqualTo(1.26);
    }

    private static PlacementDocument document(String fields) throws Exception {
        return PlacementDocument.of(
                RestMapperUtils.getStrictObjectMapper()
                        .readTree("{" + fields.replace('\'', '"') + "}"));
    }
}
