// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.serializers;

import com.pinterest.flink.serialization.report.FallbackReport;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.cli.CliArgsException;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.client.cli.CliFrontendParser;
import org.apache.flink.client.cli.ExecutionConfigAccessor;
import org.apache.flink.client.cli.ProgramOptions;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.security.SecurityConfiguration;
import org.apache.flink.runtime.security.SecurityUtils;
import org.apache.flink.util.TemporaryClassLoaderContext;

/**
 * The command {@code bin/flink serializers}, which lists the types of a job jar that go through
 * Kryo, without a cluster and without running a job.
 *
 * <p>It accepts the options of {@code bin/flink run}, so that the command line that submits a job
 * also reports on it.
 */
public final class SerializersCommand {

    private static final Option HELP = new Option("h", "help", false, "");
    private static final Option TYPE = new Option(null, "type", true, "");
    private static final Option JSON = new Option(null, "json", false, "");
    private static final Option FAIL = new Option(null, "fail-on-kryo", false, "");

    private static final String USAGE =
            String.join(
                    "\n",
                    "Usage: flink serializers [OPTIONS] JOB.jar [ARGUMENTS]",
                    "       flink serializers --type CLASS [--type CLASS ...] [OPTIONS] JOB.jar",
                    "",
                    "Lists the types of a job that go through Kryo, the field, the reason, the fix",
                    "and the cost. Submits nothing and needs no cluster.",
                    "",
                    "The first form calls the main method up to its first execute(), as 'flink info'",
                    "does, and inspects the types of records and keys. It does not see the types of",
                    "state that functions declare at run time. Name these types with the second",
                    "form, which inspects classes of the jar without calling their methods.",
                    "",
                    "  --type CLASS         inspects a class instead of calling main; may be repeated",
                    "  --json               prints JSON",
                    "  --fail-on-kryo       exits with 1 if a type goes through Kryo",
                    "  -c, --class CLASS    the class with the main method, if the manifest names none",
                    "  -C, --classpath URL  an additional jar to load classes from",
                    "  -Dkey=value          a configuration option, such as pipeline.serialization-config",
                    "  -h, --help           prints this help",
                    "",
                    "All other options of 'flink run' are accepted and have no effect.",
                    "",
                    "Exit code: 0 if a report was made; 1 with --fail-on-kryo, if a type goes through",
                    "Kryo; 2 if there is no report, for example because the jar does not exist, or",
                    "because the main method fails, returns or ends the process before execute().");

    private final Configuration configuration;
    private final CliFrontend frontend;
    private final Ending ending;

    private SerializersCommand(Configuration configuration, CliFrontend frontend, Ending ending) {
        this.configuration = configuration;
        this.frontend = frontend;
        this.ending = ending;
    }

    public static void main(String[] arguments) {
        Ending ending = new Ending();
        ending.watch();
        System.exit(run(ending, arguments));
    }

    private static int run(Ending ending, String... arguments) {
        try {
            String directory = CliFrontend.getConfigurationDirectoryFromEnv();
            Configuration configuration = GlobalConfiguration.loadConfiguration(directory);
            CliFrontend frontend =
                    new CliFrontend(
                            configuration,
                            CliFrontend.loadCustomCommandLines(configuration, directory));
            // A main method may read the schema of its input from a secured system.
            SecurityUtils.install(new SecurityConfiguration(configuration));
            SerializersCommand command = new SerializersCommand(configuration, frontend, ending);
            return SecurityUtils.getInstalledContext().runSecured(() -> command.execute(arguments));
        } catch (Throwable e) {
            ending.with(e);
            return ending.print();
        }
    }

    private int execute(String[] arguments) throws Exception {
        Options options = CliFrontendParser.getRunCommandOptions();
        List.of(HELP, TYPE, JSON, FAIL).forEach(options::addOption);
        CommandLine line = frontend.getCommandLine(options, arguments, true);
        if (line.hasOption(HELP.getOpt())) {
            return ending.print(USAGE + "\n");
        }
        for (Option python :
                List.of(CliFrontendParser.PY_OPTION, CliFrontendParser.PYMODULE_OPTION)) {
            if (line.hasOption(python.getOpt())) {
                throw new CliArgsException(
                        "-" + python.getOpt() + ": Python jobs have no Java types to inspect");
            }
        }
        ending.setOptions(line.hasOption(JSON.getLongOpt()), line.hasOption(FAIL.getLongOpt()));
        report(line);
        return ending.print();
    }

    private void report(CommandLine line) throws Exception {
        ProgramOptions program = ProgramOptions.create(line);
        File jar = jar(program);
        Configuration effective = new Configuration(configuration);
        effective.addAll(frontend.validateAndGetActiveCommandLine(line).toConfiguration(line));
        ExecutionConfigAccessor.fromProgramOptions(program, List.of(jar.toURI().toURL()))
                .applyToConfiguration(effective);
        // With 'false', only the first of them would be shown.
        effective.set(PipelineOptions.GENERIC_TYPES, true);
        if (line.hasOption(TYPE.getLongOpt())) {
            ending.with(
                    ofClasses(line.getOptionValues(TYPE.getLongOpt()), jar, program, effective));
        } else {
            lookAtJob(jar, program, effective);
        }
    }

    private static File jar(ProgramOptions program) throws CliArgsException {
        if (program.getJarFilePath() == null) {
            throw new CliArgsException("no job jar is given; see flink serializers --help");
        }
        File jar = new File(program.getJarFilePath());
        // The first argument that is not an option is the jar; so is an unknown option.
        if (jar.getPath().startsWith("-")) {
            throw new CliArgsException(
                    "there is no option " + jar + "; see flink serializers --help");
        }
        if (!jar.isFile()) {
            throw new CliArgsException(jar + " does not exist or is not a file");
        }
        return jar;
    }

    private void lookAtJob(File jar, ProgramOptions options, Configuration effective)
            throws Exception {
        try (PackagedProgram program =
                PackagedProgram.newBuilder()
                        .setJarFile(jar)
                        .setUserClassPaths(options.getClasspaths())
                        .setEntryPointClassName(options.getEntryPointClassName())
                        .setConfiguration(effective)
                        .setArguments(options.getProgramArgs())
                        .build()) {
            // The program has unpacked the nested jars.
            ending.setCleanUp(program::close);
            new MainMethod(program, effective, ending).call();
        }
    }

    private static FallbackReport ofClasses(
            String[] names, File jar, ProgramOptions options, Configuration effective)
            throws Exception {
        List<URL> jars = PackagedProgram.getJobJarAndDependencies(jar, null);
        try (URLClassLoader loader =
                        ClientUtils.buildUserCodeClassLoader(
                                jars,
                                options.getClasspaths(),
                                SerializersCommand.class.getClassLoader(),
                                effective);
                TemporaryClassLoaderContext ignored = TemporaryClassLoaderContext.of(loader)) {
            SerializerConfigImpl config = new SerializerConfigImpl();
            config.configure(effective, loader);
            FallbackReport report = new FallbackReport(String.join(", ", names), config);
            for (String name : names) {
                report.add(name, typeInformation(name, jar, loader).createSerializer(config));
            }
            return report;
        }
    }

    private static TypeInformation<?> typeInformation(String name, File jar, ClassLoader loader)
            throws CliArgsException {
        try {
            return TypeInformation.of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException e) {
            throw new CliArgsException("there is no class " + name + " in " + jar, e);
        }
    }
}
