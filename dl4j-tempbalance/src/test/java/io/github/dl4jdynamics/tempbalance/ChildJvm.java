/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import com.google.common.base.Splitter;
import io.github.dl4jdynamics.spectral.rates.LayerRates;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs a main class of the tests in a JVM of its own. */
final class ChildJvm {
    private final String classPath;

    private ChildJvm(String classPath) {
        this.classPath = classPath;
    }

    static ChildJvm withOurClasses() {
        return new ChildJvm(System.getProperty("java.class.path"));
    }

    /** The same class path without the folders or jars of our product code. */
    static ChildJvm withoutOurClasses() throws URISyntaxException {
        List<Path> ours = List.of(origin(TempBalance.class), origin(LayerRates.class));
        return new ChildJvm(Splitter.on(File.pathSeparatorChar)
                .splitToStream(System.getProperty("java.class.path"))
                .filter(entry -> !ours.contains(Path.of(entry).toAbsolutePath()))
                .collect(Collectors.joining(File.pathSeparator)));
    }

    private static Path origin(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toAbsolutePath();
    }

    /** The lines it printed; fails unless it ends well within two minutes. */
    List<String> run(Class<?> main, String... arguments) throws Exception {
        Path output = Files.createTempFile("child", ".log");
        List<String> command = new ArrayList<>();
        Collections.addAll(
                command,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                classPath,
                main.getName());
        Collections.addAll(command, arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            boolean ended = process.waitFor(120, TimeUnit.SECONDS);
            List<String> lines = Files.readAllLines(output);
            assertThat(ended).as("ended in time: %s", lines).isTrue();
            assertThat(process.exitValue()).as("exit value: %s", lines).isZero();
            return lines.stream().filter(Objects::nonNull).collect(Collectors.toList());
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(output);
        }
    }
}
