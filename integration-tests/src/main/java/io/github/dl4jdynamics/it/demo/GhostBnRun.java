/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.ghostbn.distance.WeightDistanceHistory;
import io.github.dl4jdynamics.ghostbn.distance.WeightDistanceListener;
import io.github.dl4jdynamics.ghostbn.regime.GradientNormClipping;
import io.github.dl4jdynamics.spectral.report.ProgressBar;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * One arm under one seed. Losses and accuracies are taken once per epoch of the recipe, so all arms have as many,
 * however many epochs of their own lie between.
 */
final class GhostBnRun {
    private final Arm arm;
    private final ComputationGraph net;
    private final GradientNormClipping clipping = new GradientNormClipping();
    private final WeightDistanceListener distance = WeightDistanceListener.create();
    private final List<Integer> updates = new ArrayList<>();
    private final List<Double> trainLoss = new ArrayList<>();
    private final List<Double> testAccuracy = new ArrayList<>();
    private double seconds;

    GhostBnRun(Arm arm, ComputationGraph net) {
        this.arm = arm;
        this.net = net;
    }

    GhostBnRun train(DataSetIterator training, DataSetIterator test, int epochs, PrintStream out) {
        ProgressBar bar = ProgressBar.builder(out, epochs)
                .terminal(System.console() != null)
                .build();
        MeanScore score = new MeanScore();
        if (arm.clipped()) {
            net.addListeners(clipping);
        }
        net.addListeners(distance, score);
        out.printf("%n%s%n", arm);
        for (int epoch = 1; epoch <= epochs; epoch++) {
            long start = System.nanoTime();
            net.fit(training, arm.regime().epochMultiplier());
            seconds += (System.nanoTime() - start) / 1e9;
            updates.add(net.getIterationCount());
            trainLoss.add(score.take());
            testAccuracy.add(TestScore.of(net, test).accuracy());
            bar.update(epoch, ImmutableMap.of("loss", last(trainLoss), "test accuracy", accuracy()));
        }
        bar.finish();
        return this;
    }

    Arm arm() {
        return arm;
    }

    ComputationGraph net() {
        return net;
    }

    /** Learning rate of the first update. */
    double firstRate() {
        return distance.history().samples().get(0).rate();
    }

    /** Updates made at the end of each epoch of the recipe; as long as the other figures. */
    double[] updates() {
        return updates.stream().mapToDouble(Integer::doubleValue).toArray();
    }

    /** Mean loss of the mini-batches since the figure before. */
    double[] trainLoss() {
        return array(trainLoss);
    }

    double[] testAccuracy() {
        return array(testAccuracy);
    }

    /** Test accuracy at the end. */
    double accuracy() {
        return last(testAccuracy);
    }

    /** Share of the updates whose gradient was clipped; NaN where none is. */
    double clippedShare() {
        return (double) clipping.clipped() / clipping.gradients();
    }

    WeightDistanceHistory distance() {
        return distance.history();
    }

    /** Seconds inside {@code fit}. */
    double seconds() {
        return seconds;
    }

    private static double last(List<Double> values) {
        return values.get(values.size() - 1);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** The mean of the scores since it was last taken. */
    private static final class MeanScore extends BaseTrainingListener {
        private double sum;
        private int count;

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            sum += model.score();
            count++;
        }

        double take() {
            double mean = sum / count;
            sum = 0;
            count = 0;
            return mean;
        }
    }
}
