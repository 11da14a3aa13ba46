// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the JDK's jcmd can tell about the JVM of a process of an installation. */
final class Jvm {

    private static final Pattern CODEC = Pattern.compile("\\s(\\S+)\\$PojoCodec[/+]0x");
    private static final Pattern CLASSES = Pattern.compile("(?m)^Total Usage .* (\\d+) classes");
    private static final Pattern METASPACE =
            Pattern.compile("(?m)^ *Both:.*committed, *(\\d+) bytes[^,]* used,");

    /** Classes that one collection lets go may hold others, and tasks end in the background. */
    private static final int VAIN_COLLECTIONS = 2;

    private static final Pattern THREAD = Pattern.compile("(?m)^\"(.*)\" #");

    private static final Duration BETWEEN_COLLECTIONS = Duration.ofSeconds(1);

    private final FlinkInstallation installation;
    private final String pid;

    private Jvm(FlinkInstallation installation, String pid) {
        this.installation = installation;
        this.pid = pid;
    }

    /** That of the process that was started last for a service. */
    static Jvm of(FlinkInstallation installation, String service) throws IOException {
        return new Jvm(installation, Long.toString(installation.daemon(service).pid()));
    }

    /**
     * Classes and Metaspace in use.
     *
     * @param metaspace in bytes
     */
    record Usage(long metaspace, long classes) {}

    /** What is in use after garbage was collected until no more classes went with it. */
    Usage usageWithoutGarbage() throws IOException, InterruptedException {
        Usage usage = usage();
        for (int vain = 0; vain < VAIN_COLLECTIONS; vain++) {
            Thread.sleep(BETWEEN_COLLECTIONS.toMillis());
            jcmd("GC.run");
            Usage now = usage();
            if (now.classes() < usage.classes()) {
                vain = -1;
            }
            usage = now;
        }
        return usage;
    }

    private Usage usage() throws IOException, InterruptedException {
        String text = jcmd("VM.metaspace", "scale=B");
        return new Usage(number(METASPACE, text), number(CLASSES, text));
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("No " + pattern + " in: " + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    /** The names of the classes that have codecs in use, once for each codec. */
    List<String> pojosWithCodec() throws IOException, InterruptedException {
        return CODEC.matcher(jcmd("GC.class_histogram"))
                .results()
                .map(codec -> codec.group(1))
                .sorted()
                .toList();
    }

    /** The names of its threads. */
    List<String> threads() throws IOException, InterruptedException {
        return THREAD.matcher(jcmd("Thread.print")).results().map(name -> name.group(1)).toList();
    }

    private String jcmd(String... command) throws IOException, InterruptedException {
        String[] arguments = new String[command.length + 1];
        arguments[0] = pid;
        System.arraycopy(command, 0, arguments, 1, command.length);
        return installation
                .startProgram(installation.javaHome().resolve("bin").resolve("jcmd"), arguments)
                .await(Await.PATIENCE)
                .succeeded()
                .stdout();
    }
}
