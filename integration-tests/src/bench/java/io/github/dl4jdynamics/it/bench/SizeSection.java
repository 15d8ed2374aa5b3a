/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;

/** Results of {@link EigenBenchmark}. */
final class SizeSection {
    private static final String READING =
            "The gradient of a penalty on the singular values of an n x n matrix in FLOAT that has moved by 0.3 %: of all"
                    + " (full: the nuclear norm) and of the " + EigenBenchmark.TOP
                    + " largest (top), with vectors that follow. Step is one such"
                    + " refresh. The others are LAPACK's: gesdd with all vectors, syevd of the Gram matrix with"
                    + " all vectors, syevr of the Gram matrix for the " + EigenBenchmark.TOP
                    + " largest. The unit is one"
                    + " product of two n x n matrices, the floor.";

    private SizeSection() {}

    static ReportSection of(Turns turns) {
        ReportSection.Builder section = ReportSection.builder("size", "By size of the matrix")
                .order(10)
                .paragraph(READING)
                .paragraph(turns.conditions())
                .chart(chart(turns));
        EigenBenchmarks.table(section, "In products of two n x n matrices", products(turns));
        EigenBenchmarks.table(section, "LAPACK in steps", speedUps(turns));
        return section.build();
    }

    private static LineChart chart(Turns turns) {
        double[] n = turns.axis();
        return LineChart.builder("Cost by size")
                .xLabel("n")
                .yLabel("products of two n x n matrices")
                .logX()
                .logY()
                .line("step, full", n, turns.ratios("full", "product"))
                .line("step, top " + EigenBenchmark.TOP, n, turns.ratios("top", "product"))
                .line("gesdd", n, turns.ratios("gesdd", "product"))
                .line("syevd", n, turns.ratios("syevd", "product"))
                .line("syevr, top " + EigenBenchmark.TOP, n, turns.ratios("syevr", "product"))
                .dashed("product", n, turns.ratios("product", "product"))
                .build();
    }

    private static Table products(Turns turns) {
        Table.Builder table =
                Table.builder("n", "product ms", "step, full", "step, top", "gesdd", "syevd", "syevr, top");
        for (int n : turns.values()) {
            table.row(
                    n,
                    turns.milliseconds(n, "product"),
                    turns.ratio(n, "full", "product"),
                    turns.ratio(n, "top", "product"),
                    turns.ratio(n, "gesdd", "product"),
                    turns.ratio(n, "syevd", "product"),
                    turns.ratio(n, "syevr", "product"));
        }
        return table.build();
    }

    private static Table speedUps(Turns turns) {
        Table.Builder table =
                Table.builder("n", "gesdd / full", "syevd / full", "gesdd / top", "syevd / top", "syevr / top");
        for (int n : turns.values()) {
            table.row(
                    n,
                    turns.ratio(n, "gesdd", "full"),
                    turns.ratio(n, "syevd", "full"),
                    turns.ratio(n, "gesdd", "top"),
                    turns.ratio(n, "syevd", "top"),
                    turns.ratio(n, "syevr", "top"));
        }
        return table.build();
    }
}
