/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.dl4jdynamics.spectral.math.EigenvalueSpectrum;
import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.MedianFit;
import io.github.dl4jdynamics.spectral.math.SpectrumMetric;
import io.github.dl4jdynamics.spectral.math.TailFit;
import io.github.dl4jdynamics.spectral.report.Histogram;
import io.github.dl4jdynamics.spectral.report.LineChart;
import io.github.dl4jdynamics.spectral.report.ReportSection;
import io.github.dl4jdynamics.spectral.report.Table;
import io.github.dl4jdynamics.spectral.weights.LayerSpectrum;
import io.github.dl4jdynamics.spectral.weights.SpectrumReport;
import io.github.dl4jdynamics.spectral.weights.WeightKind;
import io.github.dl4jdynamics.spectral.weights.WeightSpectrumAnalyzer;
import io.github.dl4jdynamics.tempbalance.TempBalance;
import io.github.dl4jdynamics.tempbalance.TempBalanceHistory;
import io.github.dl4jdynamics.tempbalance.TempBalanceListener;
import io.github.dl4jdynamics.tempbalance.TempBalanceUpdate;

/** Baseline and TempBalance with FARMS from the same seed on the same data. */
final class TempBalanceSection implements DemoSection {
    private static final int SPECTRA_SHOWN = 4;

    @Override
    public ReportSection run(DemoSettings settings, PrintStream out) throws IOException {
        DemoTask task = DemoTask.of(settings);
        out.println(task);

        TrainingRun baseline = task.run("baseline", farmsAnalyzer(), net -> {}, out);
        List<TempBalanceListener> listener = new ArrayList<>();
        TrainingRun balanced = task.run(
                "TempBalance with FARMS",
                farmsAnalyzer(),
                net -> listener.add(TempBalance.farms().attach(net)),
                out);
        TempBalanceHistory history = listener.get(0).history();

        Table layers = layers(baseline, balanced, history);
        Table results = results(baseline, balanced, history);
        out.printf("%n%s%n%s%n", layers, results);
        history.writeCsv(settings.report().resolve("tempbalance-rates.csv"));
        history.writeJson(settings.report().resolve("tempbalance-rates.json"));
        return section(task, baseline, balanced, history, layers, results);
    }

    /** Measures what {@link TempBalance#farms} steers by, for both runs alike. */
    private static WeightSpectrumAnalyzer farmsAnalyzer() {
        return WeightSpectrumAnalyzer.builder()
                .kinds(WeightKind.REFERENCE)
                .esd(FarmsEsd.builder().build())
                .fit(MedianFit.released())
                .zeroThreshold(0)
                .minEigenvalues(0)
                .metrics(EnumSet.of(SpectrumMetric.ALPHA, SpectrumMetric.STANDARD_ERROR))
                .build();
    }

    private static Table layers(TrainingRun baseline, TrainingRun balanced, TempBalanceHistory history) {
        Table.Builder table = Table.builder(
                "layer",
                "shape",
                "alpha at start",
                "alpha baseline",
                "alpha TempBalance",
                "factor at start",
                "factor at end");
        SpectrumReport start = baseline.spectra().get(0);
        TempBalanceUpdate first = history.updates().get(0);
        TempBalanceUpdate last = history.last().get();
        for (LayerSpectrum layer : start.layers()) {
            if (!layer.shape().isEmpty()) {
                table.row(
                        layer.name(),
                        layer.shape(),
                        layer.alpha(),
                        last(baseline).layer(layer.name()).get().alpha(),
                        last(balanced).layer(layer.name()).get().alpha(),
                        first.layer(layer.layer()).get().factor(),
                        last.layer(layer.layer()).get().factor());
            }
        }
        return table.build();
    }

    private static SpectrumReport last(TrainingRun run) {
        return run.spectra().get(run.spectra().size() - 1);
    }

    private static Table results(TrainingRun baseline, TrainingRun balanced, TempBalanceHistory history) {
        Table.Builder table = Table.builder(
                "run",
                "test accuracy",
                "test loss",
                "training loss",
                "alpha spread",
                "seconds in fit",
                "of it spectra");
        for (TrainingRun run : new TrainingRun[] {baseline, balanced}) {
            table.row(
                    run.name(),
                    String.format(Locale.ROOT, "%.1f %%", 100 * run.accuracy()),
                    run.testLoss()[run.testLoss().length - 1],
                    run.trainLoss()[run.trainLoss().length - 1],
                    spread(last(run)),
                    run.trainingSeconds(),
                    run == balanced ? history.totalMilliseconds() / 1000 : 0);
        }
        return table.build();
    }

    /** Standard deviation of alpha over the layers: the paper says balancing lowers it. */
    private static double spread(SpectrumReport report) {
        double[] alphas = report.layers().stream()
                .mapToDouble(LayerSpectrum::alpha)
                .filter(alpha -> !Double.isNaN(alpha))
                .toArray();
        double mean = Arrays.stream(alphas).average().orElse(Double.NaN);
        double squares = Arrays.stream(alphas)
                .map(alpha -> (alpha - mean) * (alpha - mean))
                .sum();
        return Math.sqrt(squares / alphas.length);
    }

    private static ReportSection section(
            DemoTask task,
            TrainingRun baseline,
            TrainingRun balanced,
            TempBalanceHistory history,
            Table layers,
            Table results) {
        ReportSection.Builder section = ReportSection.builder("tempbalance", "TempBalance: layer-wise learning rates")
                .order(10)
                .paragraph(task + " Both runs start from the same weights and see the same batches. One seed is one "
                        + "draw: with another the two curves can lie otherwise.")
                .table("Results", results)
                .chart(curves("Test accuracy", "accuracy", TrainingRun::testAccuracy, baseline, balanced))
                .chart(curves("Test loss", "mean cross-entropy", TrainingRun::testLoss, baseline, balanced))
                .chart(rates(history))
                .chart(factors(history))
                .chart(alphas("Alpha per layer, baseline", baseline))
                .chart(alphas("Alpha per layer, TempBalance", balanced))
                .table("Layers before and after", layers);
        spectra(balanced).forEach(section::chart);
        return section.build();
    }

    private interface Curve {
        double[] of(TrainingRun run);
    }

    private static LineChart curves(String title, String label, Curve curve, TrainingRun... runs) {
        LineChart.Builder chart = LineChart.builder(title).xLabel("epoch").yLabel(label);
        for (TrainingRun run : runs) {
            chart.line(run.name(), epochs(curve.of(run).length), curve.of(run));
        }
        return chart.build();
    }

    private static LineChart rates(TempBalanceHistory history) {
        return overTime(history, "Learning rate per layer", "rate", TempBalanceUpdate.Layer::rate);
    }

    private static LineChart factors(TempBalanceHistory history) {
        return overTime(history, "Multiple of the base rate per layer", "factor", TempBalanceUpdate.Layer::factor);
    }

    private interface Figure {
        double of(TempBalanceUpdate.Layer layer);
    }

    private static LineChart overTime(TempBalanceHistory history, String title, String label, Figure figure) {
        LineChart.Builder chart = LineChart.builder(title).xLabel("epoch").yLabel(label);
        List<TempBalanceUpdate> updates = history.updates();
        for (TempBalanceUpdate.Layer layer : updates.get(0).layers()) {
            if (!Double.isNaN(layer.score())) {
                double[] values = updates.stream()
                        .mapToDouble(
                                update -> figure.of(update.layer(layer.name()).get()))
                        .toArray();
                double[] epochs =
                        updates.stream().mapToDouble(TempBalanceUpdate::epoch).toArray();
                chart.line(layer.name(), epochs, values);
            }
        }
        return chart.build();
    }

    private static LineChart alphas(String title, TrainingRun run) {
        LineChart.Builder chart = LineChart.builder(title).xLabel("epoch").yLabel("alpha (FARMS)");
        for (LayerSpectrum layer : run.spectra().get(0).layers()) {
            if (!Double.isNaN(layer.alpha())) {
                double[] alphas = run.spectra().stream()
                        .mapToDouble(report -> report.layer(layer.name()).get().alpha())
                        .toArray();
                chart.line(layer.name(), epochs(alphas.length), alphas);
            }
        }
        return chart.build();
    }

    private static double[] epochs(int count) {
        return IntStream.range(0, count).asDoubleStream().toArray();
    }

    /** Whole-matrix spectra with the fitted tail, of the layers with the most eigenvalues. */
    private static List<Histogram> spectra(TrainingRun run) {
        SpectrumReport report = WeightSpectrumAnalyzer.builder()
                .kinds(WeightKind.REFERENCE)
                .fit(MedianFit.released())
                .zeroThreshold(0)
                .build()
                .analyze(run.net());
        return report.layers().stream()
                .filter(layer -> !Double.isNaN(layer.alpha()))
                .sorted(Comparator.comparingDouble(layer -> -layer.metric(SpectrumMetric.EIGENVALUE_COUNT)))
                .limit(SPECTRA_SHOWN)
                .map(TempBalanceSection::spectrum)
                .collect(Collectors.toList());
    }

    private static Histogram spectrum(LayerSpectrum layer) {
        EigenvalueSpectrum spectrum = layer.divisions().get(0).spectrum();
        TailFit fit = layer.divisions().get(0).fit();
        int points = 40;
        double[] x = new double[points];
        double[] density = new double[points];
        double share = (double) fit.tailSize() / spectrum.size();
        for (int i = 0; i < points; i++) {
            x[i] = fit.xmin() * Math.pow(spectrum.largest() / fit.xmin(), i / (points - 1.0));
            density[i] = share * (fit.alpha() - 1) / fit.xmin() * Math.pow(x[i] / fit.xmin(), -fit.alpha());
        }
        return Histogram.builder("Spectrum of " + layer.name() + " after training")
                .xLabel("eigenvalue of W W^T")
                .yLabel("density")
                .logX()
                .logY()
                .values("eigenvalues", spectrum.toArray(), (int) Math.ceil(1.5 * Math.sqrt(spectrum.size())))
                .line(String.format(Locale.ROOT, "power law, alpha = %.2f", fit.alpha()), x, density)
                .build();
    }
}
