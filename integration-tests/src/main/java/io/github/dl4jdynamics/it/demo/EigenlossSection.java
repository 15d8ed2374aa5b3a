/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/** Penalties on singular values and a latent PCA: what they do to a network, and what their shortcut costs. */
final class EigenlossSection implements DemoSection {
    private static final int ORDER = 40;

    private static final String READING =
            "The nuclear norm presses weights towards low rank; singular vectors are followed by orthogonal iteration instead "
                    + "of a decomposition (after Li, Shi, Zhao and Lin, NeurIPS 2024). Penalized is iteration of period 1, the "
                    + "default. The cross-entropy is that of all training images after the last update, without the penalty. "
                    + "Figures with ± are means over the seeds and their standard deviations.";

    private static final String RANKS =
            "Every layer cut to a rank by its singular values, where that saves parameters, and not trained further. The output "
                    + "layer is cut too, so ranks below the number of classes cost more than the hidden layers alone would.";

    private static final String EXACT =
            "Does the shortcut come to the same as a decomposition? Relative differences, seed by seed, of runs that start from "
                    + "the same weights and see the same batches. Loss: what is minimized, cross-entropy and penalty; the "
                    + "cross-entropy alone is a small part of it and not one of the three figures that are to be below 1 %. 8 largest of all: the squares of the 8 "
                    + "largest singular values of each layer over all squares. Between refreshes the penalty is its tangent, "
                    + "with either solver.";

    private static final String LATENT = "An autoencoder whose code passes a latent PCA of " + EigenlossPlan.COMPONENTS
            + " components. Losses are mean squared errors of a pixel, standardized, on the test images; from these components "
            + "alone, the code is projected onto the components of the training images' codes before it is decoded.";

    @Override
    public ReportSection run(DemoSettings settings, PrintStream out) throws IOException {
        EigenlossPlan plan = EigenlossPlan.of(settings);
        out.printf("%n%s%n%n", plan);
        EigenlossResults results = new EigenlossResults(plan, out);
        Path report = settings.report();
        Csv.write(EigenlossTables.runs(results), report.resolve("eigenloss-runs.csv"));
        Csv.write(EigenlossTables.ranks(results), report.resolve("eigenloss-ranks.csv"));
        Csv.write(EigenlossTables.latent(results.latent()), report.resolve("eigenloss-latent.csv"));
        results.penalized().get(0).history().writeCsv(report.resolve("eigenloss-refreshes.csv"));
        return page(results, out);
    }

    private static ReportSection page(EigenlossResults results, PrintStream out) {
        ReportSection.Builder section = ReportSection.builder("eigenloss", "Penalties on singular values")
                .order(ORDER)
                .paragraph(results.plan().toString())
                .paragraph(READING);
        table(section, "Trained with and without the nuclear norm", EigenlossTables.results(results), out);
        section.chart(EigenlossCharts.accuracyByEpoch(results));
        EigenlossPlan.LAYERS.forEach(layer -> section.chart(EigenlossCharts.spectrum(results, layer)));
        section.paragraph(RANKS).chart(EigenlossCharts.accuracyByRank(results));
        table(section, "Test accuracy by kept rank", EigenlossTables.ranks(results), out);
        section.paragraph(EXACT);
        table(section, "Iteration against decomposition", EigenlossTables.differences(results), out);
        table(section, "Up to which period all three are within 1 % of ...", EigenlossTables.periods(results), out);
        table(
                section,
                "Refreshes of iteration, period 1, first seed",
                results.penalized().get(0).history().summary(),
                out);
        section.paragraph(LATENT)
                .chart(EigenlossCharts.codeVariance(results))
                .chart(EigenlossCharts.reconstruction(results));
        table(section, "Latent PCA", EigenlossTables.latent(results.latent()), out);
        return section.build();
    }

    private static void table(ReportSection.Builder section, String caption, Table table, PrintStream out) {
        section.table(caption, table);
        out.printf("%n%s%n%s", caption, table);
    }
}
