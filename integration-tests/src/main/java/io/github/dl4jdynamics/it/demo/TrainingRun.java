/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.report.ProgressBar;
import io.github.dl4jdynamics.spectral.weights.SpectrumReport;
import io.github.dl4jdynamics.spectral.weights.WeightSpectrumAnalyzer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** One training run, watched: loss and accuracy after every epoch, and the spectra of the weights. */
final class TrainingRun {
    private final String name;
    private final ComputationGraph net;
    private final WeightSpectrumAnalyzer analyzer;
    private final List<Double> trainLoss = new ArrayList<>();
    private final List<Double> testLoss = new ArrayList<>();
    private final List<Double> testAccuracy = new ArrayList<>();
    private final List<SpectrumReport> spectra = new ArrayList<>();
    private double trainingSeconds;

    TrainingRun(String name, ComputationGraph net, WeightSpectrumAnalyzer analyzer) {
        this.name = name;
        this.net = net;
        this.analyzer = analyzer;
    }

    TrainingRun train(DataSetIterator training, DataSetIterator test, int epochs, int batches, PrintStream out) {
        ProgressBar bar = ProgressBar.builder(out, epochs)
                .terminal(System.console() != null)
                .build();
        Scores scores = new Scores(bar, batches);
        net.addListeners(scores);
        out.printf("%n%s%n", name);
        score(test);
        spectra.add(analyzer.analyze(net));
        for (int epoch = 0; epoch < epochs; epoch++) {
            long start = System.nanoTime();
            net.fit(training);
            trainingSeconds += (System.nanoTime() - start) / 1e9;
            score(test);
            spectra.add(analyzer.analyze(net));
            trainLoss.add(scores.mean());
            bar.update(epoch + 1, figures(scores.lastMean()));
        }
        bar.finish();
        return this;
    }

    private ImmutableMap<String, Double> figures(double loss) {
        return ImmutableMap.of("loss", loss, "test accuracy", accuracy());
    }

    private void score(DataSetIterator test) {
        TestScore score = TestScore.of(net, test);
        testAccuracy.add(score.accuracy());
        testLoss.add(score.loss());
    }

    String name() {
        return name;
    }

    ComputationGraph net() {
        return net;
    }

    /** Mean loss of the mini-batches of each epoch. */
    double[] trainLoss() {
        return array(trainLoss);
    }

    /** Before training and after each epoch. */
    double[] testLoss() {
        return array(testLoss);
    }

    /** Before training and after each epoch. */
    double[] testAccuracy() {
        return array(testAccuracy);
    }

    /** Test accuracy now. */
    double accuracy() {
        return testAccuracy.get(testAccuracy.size() - 1);
    }

    /** Before training and after each epoch. */
    List<SpectrumReport> spectra() {
        return spectra;
    }

    /** Seconds inside {@code fit}. */
    double trainingSeconds() {
        return trainingSeconds;
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** Feeds the progress bar and averages the score of an epoch's mini-batches. */
    private final class Scores extends BaseTrainingListener {
        private final ProgressBar bar;
        private final int batches;
        private double sum;
        private int count;
        private double lastMean = Double.NaN;

        Scores(ProgressBar bar, int batches) {
            this.bar = bar;
            this.batches = batches;
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            sum += model.score();
            count++;
            bar.update(epoch + (double) count / batches, figures(sum / count));
        }

        double mean() {
            lastMean = sum / count;
            sum = 0;
            count = 0;
            return lastMean;
        }

        double lastMean() {
            return lastMean;
        }
    }
}
