// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * The scripts and styles of the user interface: our own ones, and single files of the libraries'
 * jars. There is no path but these.
 */
final class UiAssets {

    /** In the addresses of the files, which browsers keep: to change with any of them. */
    static final String VERSION = version();

    private static final String WEBJARS = "/META-INF/resources/webjars/";
    private static final Map<String, String> FILES =
            Map.of(
                    "ui.css",
                    "ui.css",
                    "ui.js",
                    "ui.js",
                    "icon.svg",
                    "icon.svg",
                    "htmx.js",
                    WEBJARS + "htmx.org/2.0.8/dist/htmx.min.js",
                    "sse.js",
                    WEBJARS + "htmx-ext-sse/2.2.2/sse.js",
                    "uplot.js",
                    WEBJARS + "uplot/1.6.30/dist/uPlot.iife.min.js",
                    "uplot.css",
                    WEBJARS + "uplot/1.6.30/dist/uPlot.min.css");

    /** The address of a file, for the templates. */
    static String address(String file) {
        return Ui.ROOT + "/assets/" + VERSION + "/" + file;
    }

    private static String version() {
        String release = UiAssets.class.getPackage().getImplementationVersion();
        return release == null ? "development" : release;
    }

    void answer(Context context) throws IOException {
        String file = context.pathParam("file");
        String resource = FILES.get(file);
        try (InputStream in =
                resource == null ? null : UiAssets.class.getResourceAsStream(resource)) {
            if (in == null) {
                context.status(404);
                context.result("there is no " + file + "\n");
                return;
            }
            context.contentType(type(file));
            context.header("X-Content-Type-Options", "nosniff");
            context.header("Cache-Control", "max-age=3600");
            context.result(in.readAllBytes());
        }
    }

    private static String type(String file) {
        if (file.endsWith(".css")) {
            return "text/css; charset=utf-8";
        }
        return file.endsWith(".svg") ? "image/svg+xml" : "text/javascript; charset=utf-8";
    }
}
