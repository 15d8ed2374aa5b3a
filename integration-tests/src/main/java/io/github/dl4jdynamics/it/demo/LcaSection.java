/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import io.github.dl4jdynamics.lca.AllocationHistory;
import io.github.dl4jdynamics.spectral.report.Csv;
import io.github.dl4jdynamics.spectral.report.HtmlReport;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/**
 * Loss change allocation: who lowers the loss, step by step. With grey images from a folder the study after Lan et al.,
 * NeurIPS 2019; otherwise two small networks.
 */
final class LcaSection implements DemoSection {
    private static final int ORDER = 30;

    private static final String READING =
            "The change of the loss in every update is allocated to the parameters that made "
                    + "it (Lan, Liu, Zhou, Yosinski, NeurIPS 2019): negative helped, positive hurt, and all together are the "
                    + "change of the loss. Figures with ± are means over the seeds and their standard deviations. The chapters "
                    + "below show the first seed of each network in full.";

    private static final String LAYERS =
            "Which layers hurt? p is that of a block sign-flip test over the steps of all seeds "
                    + "together, not corrected for the number of layers; the verdict is.";

    private static final String LAST_LAYER =
            "The last layer, trained in several ways; all other layers as ever, from the same "
                    + "weights and with the same batches under each seed. Differences are from the usual training, seed by seed.";

    private static final String BOOKS =
            "Do the books balance? Three rules for the path integral of each step along the same "
                    + "paths, at the beginning of training with momentum 0.9. Only the adaptive rule promises anything: a step is "
                    + "unbalanced if it misses 1 % of its loss change plus 1e-4 of the first loss at 32 splits. Errors are in % of "
                    + "the loss change of the run; those of steps, added up without their signs, cannot cancel.";

    @Override
    public ReportSection run(DemoSettings settings, PrintStream out) throws IOException {
        LcaPlan plan = LcaPlan.of(settings);
        out.printf("%n%s%n%n", plan);
        LcaResults results = LcaResults.of(plan, out);
        write(results, settings.report(), out);
        return page(results, out);
    }

    private static void write(LcaResults results, Path report, PrintStream out) throws IOException {
        Csv.write(LcaTables.runs(results), report.resolve("lca-runs.csv"));
        Csv.write(LcaBooks.table(results), report.resolve("lca-books.csv"));
        for (LcaRuns runs : results.standard()) {
            String name =
                    "lca-" + runs.network().toString().toLowerCase(Locale.ROOT).replace(' ', '-');
            AllocationHistory history = runs.first().history();
            history.writeCsv(report.resolve(name + "-steps.csv"));
            history.writeLayerCsv(report.resolve(name + "-layers.csv"));
            history.writeJson(report.resolve(name + ".json"));
            HtmlReport.store(report, history.section(name, "Loss change allocation: " + runs.network() + ", seed 1"));
            out.printf("%n%s, seed 1%n%s", runs.network(), history);
        }
    }

    private static ReportSection page(LcaResults results, PrintStream out) {
        ReportSection.Builder section = ReportSection.builder("lca", "Loss change allocation")
                .order(ORDER)
                .paragraph(results.plan().toString())
                .paragraph(READING);
        Page page = new Page(section, out);
        page.table("What was trained", LcaTables.networks(results));
        page.table("Books, and what they cost", LcaBooks.usual(results));
        page.table("Parameters that help", LcaTables.helping(results));
        section.chart(LcaCharts.helping(results)).chart(LcaCharts.validation(results));
        page.table("Training and validation", LcaTables.validation(results));
        page.table("Do layers learn at the same moments?", LcaTables.peaks(results));
        section.paragraph(LAYERS);
        results.standard().forEach(runs -> section.chart(LcaCharts.layers(runs)));
        page.table("Kernels, and biases and batch normalization", LcaTables.kernels(results));
        results.standard().forEach(runs -> page.table("Layers of the " + runs.network(), LcaTables.layers(runs)));
        for (LcaNetwork network : results.compared()) {
            List<LcaRuns> arms = results.byLastLayer(network);
            section.paragraph(LAST_LAYER);
            page.table("Last layer of the " + network + ": results", LcaLastLayer.results(arms));
            page.table("Last layer of the " + network + ": allocations", LcaLastLayer.allocations(arms));
            section.chart(LcaLastLayer.lossChart(arms))
                    .chart(LcaLastLayer.cumulativeChart(arms))
                    .chart(LcaLastLayer.bars(arms));
        }
        section.paragraph(BOOKS);
        page.table("Books of three rules", LcaBooks.table(results));
        return section.chart(LcaBooks.chart(results)).build();
    }

    /** Tables go to the page and to the console. */
    private static final class Page {
        private final ReportSection.Builder section;
        private final PrintStream out;

        Page(ReportSection.Builder section, PrintStream out) {
            this.section = section;
            this.out = out;
        }

        void table(String caption, Table table) {
            section.table(caption, table);
            out.printf("%n%s%n%s", caption, table);
        }
    }
}
