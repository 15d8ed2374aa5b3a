/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/** Results of {@link EigenAutoencoderBenchmark}, a row as in Table 1 of Li, Shi, Zhao and Lin, NeurIPS 2024. */
final class AutoencoderSection {
    private static final String READING =
            "One update of an autoencoder 784-width-width-784 in FLOAT, 128 images, Adam: without a penalty (backbone), and"
                    + " with the nuclear norm of all three matrices by a decomposition in each update (exact), by a step of"
                    + " orthogonal iteration in each (amortized), and by a step every few updates (periodic), the updates"
                    + " between them included. The speed-up is that of the penalty, (exact - backbone)"
                    + " / (amortized - backbone); that of the periodic one as well is against a decomposition in each update."
                    + " Milliseconds are those of one machine at one time: the ratios are what counts.";

    private AutoencoderSection() {}

    static ReportSection of(Turns turns) {
        ReportSection.Builder section = ReportSection.builder("autoencoder", "One update of an autoencoder")
                .order(30)
                .paragraph(READING)
                .paragraph(turns.conditions())
                .chart(chart(turns));
        EigenBenchmarks.table(section, "Time of an update", table(turns));
        return section.build();
    }

    private static LineChart chart(Turns turns) {
        double[] width = turns.axis();
        return LineChart.builder("Time of an update by width")
                .xLabel("width")
                .yLabel("updates without a penalty")
                .logX()
                .logY()
                .line("exact", width, turns.ratios("exact", "backbone"))
                .line("amortized", width, turns.ratios("amortized", "backbone"))
                .line("amortized, periodic", width, turns.ratios("periodic", "backbone"))
                .dashed("backbone", width, turns.ratios("backbone", "backbone"))
                .build();
    }

    private static Table table(Turns turns) {
        Table.Builder table = Table.builder(
                "width", "backbone ms", "exact ms", "amortized ms", "speed-up", "periodic ms", "speed-up, periodic");
        for (int width : turns.values()) {
            table.row(
                    width,
                    turns.milliseconds(width, "backbone"),
                    turns.milliseconds(width, "exact"),
                    turns.milliseconds(width, "amortized"),
                    speedUp(turns, width, "amortized"),
                    turns.milliseconds(width, "periodic"),
                    speedUp(turns, width, "periodic"));
        }
        return table.build();
    }

    private static double speedUp(Turns turns, int width, String name) {
        return (turns.ratio(width, "exact", "backbone") - 1) / (turns.ratio(width, name, "backbone") - 1);
    }
}
