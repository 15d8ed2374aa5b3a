/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.it.demo.data.ImageBatches;
import io.github.dl4jdynamics.spectral.lowrank.FactorizedNetwork;
import io.github.dl4jdynamics.spectral.lowrank.LowRankFactorization;
import io.github.dl4jdynamics.spectral.regularization.RefreshHistory;
import io.github.dl4jdynamics.spectral.regularization.SpectralPenaltyListener;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** One arm trained under one seed. */
final class EigenlossRun {
    /** How many of the largest singular values make the retained spectrum. */
    static final int LEADING = 8;

    private final EigenlossArm arm;
    private final long seed;
    private final WeightSpectra before;
    private final WeightSpectra after;
    private final TestScore training;
    private final ImmutableList<Double> accuracies;
    private final ImmutableList<CutNetwork> cuts;
    private final RefreshHistory history;
    private final double seconds;

    private EigenlossRun(
            EigenlossArm arm,
            long seed,
            WeightSpectra before,
            Trained trained,
            TestScore training,
            List<CutNetwork> cuts) {
        this.arm = arm;
        this.seed = seed;
        this.before = before;
        this.after = WeightSpectra.of(trained.net, EigenlossPlan.LAYERS);
        this.training = training;
        this.accuracies = ImmutableList.copyOf(trained.accuracies);
        this.cuts = ImmutableList.copyOf(cuts);
        this.history = trained.history;
        this.seconds = trained.seconds;
    }

    /** Trains, and cuts the result at every rank if {@code isCut}. */
    static EigenlossRun train(EigenlossPlan plan, EigenlossArm arm, long seed, boolean isCut, PrintStream out) {
        ComputationGraph net = plan.classifier(seed);
        WeightSpectra before = WeightSpectra.of(net, EigenlossPlan.LAYERS);
        Trained trained = new Trained(plan, arm, net, seed);
        TestScore training = TestScore.of(net, plan.data().trainBatches(250, seed));
        EigenlossRun run =
                new EigenlossRun(arm, seed, before, trained, training, isCut ? cut(plan, net) : ImmutableList.of());
        out.printf(Locale.ROOT, "%s%n", run);
        return run;
    }

    private static List<CutNetwork> cut(EigenlossPlan plan, ComputationGraph net) {
        List<CutNetwork> cuts = new ArrayList<>();
        for (int rank : plan.ranks()) {
            FactorizedNetwork<ComputationGraph> small = LowRankFactorization.builder()
                    .energy(1)
                    .maxRank(rank)
                    .layers(EigenlossPlan.LAYERS.toArray(new String[0]))
                    .build()
                    .factorize(net);
            cuts.add(new CutNetwork(
                    rank,
                    small.parametersAfter(),
                    TestScore.of(small.network(), plan.data().testBatches(250)).accuracy()));
        }
        return cuts;
    }

    EigenlossArm arm() {
        return arm;
    }

    long seed() {
        return seed;
    }

    /** Of the weights before the first update. */
    WeightSpectra before() {
        return before;
    }

    /** Of the weights after the last update. */
    WeightSpectra after() {
        return after;
    }

    /** Cross-entropy of all training images after the last update, without the penalty. */
    double crossEntropy() {
        return training.loss();
    }

    /** What a run with the penalty minimizes: cross-entropy of all training images and penalty. */
    double loss() {
        return training.loss() + EigenlossPlan.COEFFICIENT * after.nuclearNorm();
    }

    double trainingAccuracy() {
        return training.accuracy();
    }

    /** On the test images after each epoch. */
    double[] accuracies() {
        return accuracies.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** On the test images at the end. */
    double accuracy() {
        return accuracies.get(accuracies.size() - 1);
    }

    double retained() {
        return after.retained(LEADING);
    }

    /** The network at each rank; empty if it was not cut. */
    ImmutableList<CutNetwork> cuts() {
        return cuts;
    }

    /** Of the singular vectors; empty without a penalty. */
    RefreshHistory history() {
        return history;
    }

    /** Seconds in refreshes of the singular vectors. */
    double refreshSeconds() {
        return history.records().stream()
                        .mapToLong(record -> record.refresh().nanos())
                        .sum()
                / 1e9;
    }

    /** Seconds in {@code fit}. */
    double seconds() {
        return seconds;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, seed %d: cross-entropy %.4f, nuclear norm %.1f, test accuracy %.3f, %.1f of %.1f s in refreshes",
                arm,
                seed,
                crossEntropy(),
                after.nuclearNorm(),
                accuracy(),
                refreshSeconds(),
                seconds);
    }

    /** A network whose layers were cut to one rank, where that makes them smaller. */
    static final class CutNetwork {
        private final int rank;
        private final long parameters;
        private final double accuracy;

        CutNetwork(int rank, long parameters, double accuracy) {
            this.rank = rank;
            this.parameters = parameters;
            this.accuracy = accuracy;
        }

        int rank() {
            return rank;
        }

        long parameters() {
            return parameters;
        }

        /** On the test images. */
        double accuracy() {
            return accuracy;
        }
    }

    /** A training with its course. */
    private static final class Trained {
        final ComputationGraph net;
        final List<Double> accuracies = new ArrayList<>();
        final RefreshHistory history;
        double seconds;

        Trained(EigenlossPlan plan, EigenlossArm arm, ComputationGraph net, long seed) {
            this.net = net;
            arm.penalty(EigenlossPlan.COEFFICIENT).ifPresent(penalty -> penalty.attach(net));
            SpectralPenaltyListener spectra = new SpectralPenaltyListener();
            net.addListeners(spectra);
            ImageBatches batches = plan.data().trainBatches(plan.batch(), seed);
            for (int epoch = 1; epoch <= plan.epochs(); epoch++) {
                long start = System.nanoTime();
                net.fit(batches);
                seconds += (System.nanoTime() - start) / 1e9;
                accuracies.add(TestScore.of(net, plan.data().testBatches(250)).accuracy());
            }
            history = spectra.history();
        }
    }
}
