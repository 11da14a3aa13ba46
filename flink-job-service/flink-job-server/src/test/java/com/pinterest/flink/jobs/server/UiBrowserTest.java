// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a real browser, where there is one: scripts, events, keyboard, width, policy. */
final class UiBrowserTest {

    private static final int TAB = 9;
    private static final int ENTER = 13;

    @TempDir private Path data;
    @TempDir private Path profile;

    private UiFixture service;
    private Browser browser;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Browser.program().isPresent(), "there is no Chromium");
        service = new UiFixture(data);
        browser = new Browser(Browser.program().get(), profile);
        service.register("flights", "local", 2);
        service.operate("flights", "{\"kind\": \"submit\"}", true);
        browser.show(1280, 900, false);
        browser.open(service.address() + "/ui/login");
        browser.await("document.activeElement.id === 'secret'");
        browser.type(service.admin);
        browser.press("Enter", ENTER, "\r");
        browser.await("location.pathname === '/ui' && document.querySelector('table.fleet')");
    }

    @AfterEach
    void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @Test
    void jobIsStoppedWithTheKeyboardAndThePageFollows() throws Exception {
        // given
        browser.open(service.address() + "/ui/jobs/ads/flights");
        browser.await("document.querySelector('svg.plan .node')");
        browser.await("document.querySelector('.chart canvas')");
        browser.await("document.querySelector('.evidence.big .age')");

        // when
        for (int i = 0; i < 60; i++) {
            if (browser.evaluate("document.activeElement.id").asText().equals("do-stop")) {
                break;
            }
            browser.press("Tab", TAB, "");
        }
        assertThat(browser.evaluate("document.activeElement.id").asText()).isEqualTo("do-stop");
        browser.press("Enter", ENTER, "\r");
        browser.await("document.querySelector('button.main.danger')");
        browser.evaluate("document.querySelector('button.main.danger').focus()");
        browser.press("Enter", ENTER, "\r");

        // then
        browser.await("location.pathname.startsWith('/ui/operations/')");
        browser.await("document.querySelector('.badge.good')");
        browser.open(service.address() + "/ui/jobs/ads/flights");
        browser.await("document.querySelector('#do-submit')");
        service.operate("flights", "{\"kind\": \"submit\"}", true);
        // By an event: nobody has loaded the page again.
        browser.await("document.querySelector('#do-stop')");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void pagesFitAPhoneInLightAndDark() throws Exception {
        for (boolean dark : new boolean[] {false, true}) {
            browser.show(390, 844, dark);
            for (String path :
                    List.of(
                            "/ui",
                            "/ui/jobs/ads/flights",
                            "/ui/jobs/ads/flights/revisions",
                            "/ui/jobs/ads/flights/do/hotfix",
                            "/ui/clusters",
                            "/ui/audit")) {
                browser.open(service.address() + path);
                if (path.endsWith("/flights")) {
                    browser.await("document.querySelector('.chart canvas')");
                }
                assertThat(
                                browser.evaluate(
                                                "document.documentElement.scrollWidth -"
                                                        + " document.documentElement.clientWidth")
                                        .asInt())
                        .as(path)
                        .isZero();
            }
            assertThat(
                            browser.evaluate(
                                            "getComputedStyle(document.body).backgroundColor ==="
                                                    + " 'rgb(20, 22, 26)'")
                                    .asBoolean())
                    .isEqualTo(dark);
        }
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void markupIsNotRun() throws Exception {
        browser.evaluate("window.alert = () => { window.alerted = true; }");
        browser.open(service.address() + "/ui/jobs/ads/flights");
        browser.await("document.querySelector('.failure')");

        assertThat(
                        browser.evaluate(
                                        "document.querySelectorAll('main img, main script').length")
                                .asInt())
                .isZero();
        assertThat(browser.evaluate("document.querySelector('.failure').textContent").asText())
                .contains("<script>alert");
        assertThat(browser.complaints()).isEmpty();
    }
}
