// SPDX-License-Identifier: Apache-2.0

/**
 * Tests of the launch scripts: the real scripts, with a Java that only writes down its call.
 *
 * <p>The behaviour of the official scripts, and the tests that hold ours to it:
 *
 * <pre>
 *  1 default TaskManager start         ServiceCommandLineTest.taskManagerByDefault
 *  2 default JobManager start          ServiceCommandLineTest.jobManagerByDefault
 *  3 -D k=v and -Dk=v                  ServiceCommandLineTest.dynamicOptionsReachTheResourceStepAndTheProgram
 *  4 configured heap after computed    ServiceCommandLineTest.configuredHeapBeatsTheComputedOneWhichBeatsJvmArgs
 *  5 FLINK_ENV_JAVA_OPTS replaces      ServiceCommandLineTest.optionsInTheEnvironmentReplaceTheFilesAndTheImpliedOnes
 *  6 default options before options    ServiceCommandLineTest.defaultOptionsComeBeforeTheUsers
 *  7 deprecated env.java.opts          ServiceCommandLineTest.deprecatedOptionsCountOnlyWithoutTheNewOnes
 *  8 security manager by version       ServiceCommandLineTest.securityManagerIsAllowedWhereHadoopNeedsItAndJavaTakesIt
 *  9 FLINK_LOG_PREFIX expands          ConsoleTest.optionsAreEvaluatedWithTheLogPrefix, JavaOptionsTest.*
 * 10 class path order, Hadoop          ClassPathTest.libIsSortedAndFlinkDistComesLast, .hadoopComesLastAndItsWildcardStays
 * 11 none or two flink-dist jars       ClassPathTest.flinkDistMustNotBeMissing, .flinkDistMustBeTheOnlyOne
 * 12 spaces in paths                   all of them, by FakeInstallation; SettingsTest.otherConfigurationDirectory
 * 13 links to directory and scripts    ClientsTest.installationIsFoundThroughALinkedDirectory, .scriptIsFoundThroughLinks
 * 14 empty USER                        DaemonTest.emptyUserKeepsTheDoubleHyphen
 * 15 three starts                      DaemonTest.everyStartAddsAProcessAndANumber
 * 16 stop and stop-all                 DaemonTest.stopEndsTheNewest, .stopWithNothingToStopSucceeds, .stopAllEndsTheLivingAndSkipsTheDead
 * 17 stale pid file                    DaemonTest.deadProcessesCountForTheNumberOfTheLog, ConsoleTest.pidFileOfTheDeadIsStartedAnew
 * 18 process that ignores SIGTERM      DaemonTest.processThatIgnoresTermIsKilled
 * 19 ten parallel starts               DaemonTest.parallelStartsGetDifferentNumbersAndNoneKeepsTheLock
 * 20 foreground: pid, exit, signal     ConsoleTest.scriptBecomesTheJvmAndGetsItsSignals, .exitCodeIsTheJvms
 * 21 output redirected to files        ConsoleTest.outputGoesToFilesOnRequest
 * 22 wrong or no verb, service         UsageTest.*
 * 23 masters and workers               ClusterScriptsTest.everyLocalLineIsATaskManager, .remoteMastersGetAddressAndPort
 * 24 local, ssh, pdsh                  ClusterScriptsTest.shippedFilesMakeALocalCluster, .oneRemoteWorkerSendsAllOverSsh, .pdshReachesAllWorkersAtOnce
 * 25 high availability settings        ClusterScriptsTest.zooKeeperStartsEveryMaster, .newKeyOfHighAvailabilityWins
 * 26 stop order, missing workers       ClusterScriptsTest.stopReachesWorkersBeforeMasters, .missingWorkersFileStopsBothScripts
 * 27 broken config.yaml                DaemonTest.brokenConfigurationStopsAStartButNotAStop
 * 28 config-parser-utils.sh            ConfigParserUtilsTest.resultReloadsWithTheSameKeys, .failureLeavesTheFile
 * 29 migrate-config-file.sh            MigrateConfigFileTest.legacyRulesDecideWhatIsRead
 * 30 client and Kubernetes arguments   ClientsTest.sqlClientShipsItsJarLast, .gatewayHelpOfJava, UsageTest.sqlGatewayHelp,
 *                                      SessionClientsTest.yarnSessionShipsFlinkDist, KubernetesScriptsTest.jobManager,
 *                                      .taskManagerTakesItsMemoryFromTheJobManager
 * </pre>
 */
package com.pinterest.flink.dist.scripts;
