// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What the JDK's jcmd can tell about the JVM of a process of an installation. */
final class Jvm {

    private static final Pattern CODEC = Pattern.compile("\\s(\\S+)\\$PojoCodec[/+]0x");

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

    /** The names of the classes that have codecs in use, once for each codec. */
    List<String> pojosWithCodec() throws IOException, InterruptedException {
        return CODEC.matcher(jcmd("GC.class_histogram"))
                .results()
                .map(codec -> codec.group(1))
                .sorted()
                .toList();
    }

    private String jcmd(String... command) throws IOException, InterruptedException {
        String[] arguments = new String[command.length + 1];
        arguments[0] = pid;
        System.arraycopy(command, 0, arguments, 1, command.length);
        return installation
                .startProgram(Path.of(System.getProperty("java.home"), "bin", "jcmd"), arguments)
                .await(Await.PATIENCE)
                .succeeded()
                .stdout();
    }
}
