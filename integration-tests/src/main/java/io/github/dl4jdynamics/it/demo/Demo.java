/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.report.HtmlReport;

/**
 * Trains a small network with and without each method, prints what happened and writes one self-contained page.
 *
 * <p>Started by {@code mvn -B -q -Pdemo -DskipTests package}; {@code -Ddemo.section=NAME} chooses one
 * section instead of all, {@code -Ddemo.data=PATH} a folder with MNIST or CIFAR-10 in their binary formats,
 * {@code -Ddemo.size=small} a run of less than a minute or so, {@code -Ddemo.seeds=N} repetitions of the comparisons of
 * sections ghostbn, lca and eigenloss. Sections run at different times meet on the same page.
 */
public final class Demo {
    private static final Map<String, DemoSection> SECTIONS = ImmutableMap.of(
            "tempbalance", new TempBalanceSection(),
            "ghostbn", new GhostBnSection(),
            "lca", new LcaSection(),
            "eigenloss", new EigenlossSection());

    private Demo() {}

    /**
     * Runs one section or all.
     *
     * @param args {@code --section=}, {@code --data=}, {@code --size=}, {@code --seeds=}, {@code --report=}
     */
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        DemoSettings settings = DemoSettings.parse(args, SECTIONS.keySet());
        long start = System.nanoTime();
        for (String section : settings.sections()) {
            HtmlReport.store(settings.report(), SECTIONS.get(section).run(settings, out));
        }
        Path page = HtmlReport.assemble(settings.report(), "dl4j-dynamics: what happened in training");
        out.printf("%nReport: %s%n%.0f s in all%n", page.toAbsolutePath(), (System.nanoTime() - start) / 1e9);
    }
}
