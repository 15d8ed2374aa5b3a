/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/** Results of {@link EigenRankBenchmark}. */
final class RankSection {
    private static final String READING =
            "The gradient of the sum of the k largest singular values of a square matrix of one size:"
                    + " by one step of orthogonal iteration, by syevd of the Gram matrix with all vectors, and by"
                    + " syevr of the Gram matrix for the k largest.";

    private RankSection() {}

    static ReportSection of(Turns turns) {
        ReportSection.Builder section = ReportSection.builder("rank", "By number of singular values")
                .order(20)
                .paragraph(READING)
                .paragraph(turns.conditions())
                .chart(chart(turns));
        EigenBenchmarks.table(section, "In products of two such matrices, and in steps", table(turns));
        return section.build();
    }

    private static LineChart chart(Turns turns) {
        double[] k = turns.axis();
        return LineChart.builder("Cost by number of singular values")
                .xLabel("k")
                .yLabel("products of two n x n matrices")
                .logX()
                .logY()
                .line("step", k, turns.ratios("top", "product"))
                .line("syevd", k, turns.ratios("syevd", "product"))
                .line("syevr", k, turns.ratios("syevr", "product"))
                .dashed("product", k, turns.ratios("product", "product"))
                .build();
    }

    private static Table table(Turns turns) {
        Table.Builder table =
                Table.builder("k", "product ms", "step", "syevd", "syevr", "syevd / step", "syevr / step");
        for (int k : turns.values()) {
            table.row(
                    k,
                    turns.milliseconds(k, "product"),
                    turns.ratio(k, "top", "product"),
                    turns.ratio(k, "syevd", "product"),
                    turns.ratio(k, "syevr", "product"),
                    turns.ratio(k, "syevd", "top"),
                    turns.ratio(k, "syevr", "top"));
        }
        return table.build();
    }
}
