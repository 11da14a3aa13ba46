// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.addJar;
import static com.pinterest.flink.dist.scripts.FakeInstallation.delete;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** pyflink-shell.sh and find-flink-home.sh, with a fake Python. */
@ExtendWith(FakeInstallationExtension.class)
final class PyFlinkShellTest {

    private static final String PARSER = "org.apache.flink.client.python.PythonShellParser";

    /** Has the packages, and a shell that ends with 5. */
    private static final String PYTHON = "[[ $1 == -c ]] || exit 5";

    @Test
    void shellGetsItsArgumentsInTheEnvironment(FakeInstallation flink) {
        flink.program("python", PYTHON);
        flink.service("printf 'yarn\\0-m\\0yarn-cluster\\0-ynm\\0my name\\0'");
        addPythonPackages(flink);
        flink.set("PYTHONPATH", "/mine");

        ScriptRun run = flink.run("pyflink-shell.sh", "yarn", "-nm", "my name");

        assertThat(run).isEqualTo(new ScriptRun(5, "", ""));
        Call parser = flink.awaitJavaCall(PARSER);
        assertThat(parser.classPath())
                .startsWith(flink.lib().toString())
                .endsWith("/flink-dist-2.3.0.jar:" + flink.opt().resolve("flink-python-2.3.0.jar"));
        assertThat(parser.programArguments()).containsExactly("yarn", "-nm", "my name");
        Call shell = shell(flink);
        assertThat(shell.arguments()).containsExactly("-i", "-m", "pyflink.shell");
        assertThat(shell.environment())
                .containsEntry("FLINK_HOME", flink.home().toString())
                .containsEntry("FLINK_BIN_DIR", flink.bin().toString())
                .containsEntry("SUBMIT_ARGS", "yarn -m yarn-cluster -ynm my\\ name")
                .containsEntry(
                        "PYTHONPATH",
                        "P/py4j-0.10.9.7-src.zip:P/cloudpickle-2.2.0-src.zip:P/pyflink.zip"
                                        .replace("P/", flink.opt() + "/python/")
                                + ":/mine");
    }

    @Test
    void pythonPathDoesNotNameTheCurrentDirectory(FakeInstallation flink) {
        flink.program("python", PYTHON);
        flink.service("printf 'local\\0'");
        addPythonPackages(flink);

        flink.run("pyflink-shell.sh", "local");

        assertThat(shell(flink).environment())
                .containsEntry("SUBMIT_ARGS", "local")
                .hasEntrySatisfying("PYTHONPATH", path -> assertThat(path).endsWith("pyflink.zip"));
    }

    @Test
    void otherPythonWithItsOwnPackagesServes(FakeInstallation flink) {
        flink.program("my-python", PYTHON);
        flink.set("PYFLINK_PYTHON", "my-python");
        flink.service("printf 'remote\\0-m\\0host:8081\\0'");

        ScriptRun run = flink.run("pyflink-shell.sh", "remote", "host", "8081");

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(flink.calls("my-python").get(1).environment())
                .containsEntry("SUBMIT_ARGS", "remote -m host:8081")
                .containsEntry("PYTHONPATH", "");
    }

    @Test
    void missingPythonPackagesAreNamed(FakeInstallation flink) {
        flink.program("python", "echo 'No module named py4j' >&2; exit 1");
        flink.service("printf 'local\\0'");

        ScriptRun run = flink.run("pyflink-shell.sh", "local");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr())
                .contains("No module named py4j", "[ERROR]", flink.opt() + "/python", "pip");
        assertThat(flink.calls("python"))
                .singleElement()
                .satisfies(
                        call ->
                                assertThat(call.arguments())
                                        .containsExactly(
                                                "-c", "import cloudpickle, py4j, pyflink"));
    }

    @Test
    void missingPythonIsNamed(FakeInstallation flink) {
        flink.service("printf 'local\\0'");

        ScriptRun run = flink.run("pyflink-shell.sh", "local");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("python: command not found", "[ERROR]");
    }

    @Test
    void missingJarIsNamed(FakeInstallation flink) {
        flink.program("python", PYTHON);
        delete(flink.opt().resolve("flink-python-2.3.0.jar"));

        ScriptRun run = flink.run("pyflink-shell.sh", "local");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR]", "flink-python-*.jar");
        assertThat(flink.javaCalls(PARSER)).isEmpty();
    }

    @Test
    void wrongArgumentsEndWithTheExitCodeOfTheParser(FakeInstallation flink) {
        flink.program("python", PYTHON);
        flink.service("echo 'specify cluster type' >&2; exit 7");

        ScriptRun run = flink.run("pyflink-shell.sh");

        assertThat(run).isEqualTo(new ScriptRun(7, "", "specify cluster type\n"));
        assertThat(flink.awaitJavaCall(PARSER).programArguments()).isEmpty();
        assertThat(flink.calls("python")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "local --help"})
    void helpNeedsNoPython(String arguments, FakeInstallation flink) {
        flink.service("printf 'Command: local [options]\\n  -h\\n'");

        ScriptRun run = flink.run("pyflink-shell.sh", arguments.split(" "));

        assertThat(run).isEqualTo(new ScriptRun(0, "Command: local [options]\n  -h\n", ""));
    }

    @Test
    void scriptsInstalledByPipFindTheRest(FakeInstallation flink) throws Exception {
        Path scripts = flink.directory("environment/bin");
        for (String script : List.of("pyflink-shell.sh", "find-flink-home.sh")) {
            Files.copy(flink.bin().resolve(script), scripts.resolve(script));
        }
        Files.createFile(scripts.resolve("find_flink_home.py"));
        flink.program(
                "python",
                "case $1 in *find_flink_home.py) echo '"
                        + flink.home()
                        + "' ;; -c) ;; *) exit 5 ;; esac");
        flink.service("printf 'local\\0'");

        ScriptRun run = flink.run(scripts.resolve("pyflink-shell.sh"), "local");

        assertThat(run).isEqualTo(new ScriptRun(5, "", ""));
        assertThat(flink.calls("python").get(0).arguments())
                .containsExactly(scripts.resolve("find_flink_home.py").toString());
        assertThat(shell(flink).environment()).containsEntry("FLINK_HOME", flink.home().toString());
    }

    @Test
    void pipInstallationWithoutTheRestIsAnError(FakeInstallation flink) throws Exception {
        flink.program("python", "echo 'no Flink' >&2; exit 255");
        Files.createFile(flink.bin().resolve("find_flink_home.py"));

        ScriptRun run = flink.run("pyflink-shell.sh", "local");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr().lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("no Flink"),
                        line -> assertThat(line).contains("[ERROR]", "find_flink_home.py"));
        assertThat(flink.calls("java")).isEmpty();
    }

    @Test
    void homeIsTheParentOfTheScriptThatWasSourced(FakeInstallation flink) throws Exception {
        flink.program("show", "");
        flink.set("FLINK_HOME", "/somewhere/else");
        Path link = flink.directory("links").resolve("find.sh");
        Files.createSymbolicLink(link, flink.bin().resolve("find-flink-home.sh"));
        Path bash = flink.directory("programs").resolve("bash");

        ScriptRun run = flink.run(bash, "-c", ". '" + link + "' && show");

        assertThat(run).isEqualTo(new ScriptRun(0, "", ""));
        assertThat(flink.calls("show").get(0).environment())
                .containsEntry("FLINK_HOME", flink.home().toString());
    }

    private static void addPythonPackages(FakeInstallation flink) {
        for (String archive :
                List.of("py4j-0.10.9.7-src.zip", "cloudpickle-2.2.0-src.zip", "pyflink.zip")) {
            addJar(flink.opt().resolve("python"), archive);
        }
    }

    private static Call shell(FakeInstallation flink) {
        List<Call> calls = flink.calls("python");
        return calls.get(calls.size() - 1);
    }
}
