/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.io.IOException;
import java.nio.file.Path;

import io.github.dl4jdynamics.spectral.report.HtmlReport;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;
import org.openjdk.jmh.runner.RunnerException;

/**
 * What penalties on singular values cost, printed and as one self-contained page with charts.
 *
 * <p>Benchmark {@code eigen} is all of it, {@code eigen-size}, {@code eigen-rank} and {@code eigen-autoencoder} are parts,
 * which meet on the same page when run one after the other, and {@code eigen-page} is the page alone from what was
 * measured before.
 */
final class EigenBenchmarks {

    private EigenBenchmarks() {}

    static void run(BenchSettings settings) throws RunnerException, IOException {
        Path folder = Path.of(System.getProperty("bench.target", "target"), "eigen-benchmark");
        if (isAsked(settings, "size")) {
            HtmlReport.store(folder, SizeSection.of(new Turns(EigenBenchmark.class, "n", settings)));
        }
        if (isAsked(settings, "rank")) {
            HtmlReport.store(folder, RankSection.of(new Turns(EigenRankBenchmark.class, "k", settings)));
        }
        if (isAsked(settings, "autoencoder")) {
            Turns turns = new Turns(EigenAutoencoderBenchmark.class, "width", settings);
            HtmlReport.store(folder, AutoencoderSection.of(turns));
        }
        Path page = HtmlReport.assemble(folder, "Penalties on singular values: what they cost");
        System.out.printf("%nPage: %s%n", page.toAbsolutePath());
    }

    private static boolean isAsked(BenchSettings settings, String part) {
        return settings.benchmark().equals("eigen") || settings.benchmark().equals("eigen-" + part);
    }

    /** Adds a table and prints it. */
    static void table(ReportSection.Builder section, String caption, Table table) {
        section.table(caption, table);
        System.out.printf("%n%s%n%s", caption, table);
    }
}
