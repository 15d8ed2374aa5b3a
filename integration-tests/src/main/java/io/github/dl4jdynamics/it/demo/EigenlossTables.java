/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.spectral.report.Table;

/** The results of section eigenloss as tables; {@code a ± b} is the mean over the seeds and their standard deviation. */
final class EigenlossTables {
    /** Relative difference that counts as none. */
    static final double TOLERANCE = 0.01;

    private EigenlossTables() {}

    /** A row for each arm. */
    static Table results(EigenlossResults results) {
        Table.Builder table = Table.builder(
                "run",
                "cross-entropy",
                "training accuracy, %",
                "test accuracy, %",
                "nuclear norm",
                "8 largest of all, %",
                "s in fit",
                "s in refreshes");
        for (EigenlossArm arm : results.arms()) {
            List<EigenlossRun> runs = results.runs(arm);
            table.row(
                    arm,
                    spread("%.4f", runs, EigenlossRun::crossEntropy),
                    spread("%.2f", runs, run -> 100 * run.trainingAccuracy()),
                    spread("%.2f", runs, run -> 100 * run.accuracy()),
                    spread("%.1f", runs, run -> run.after().nuclearNorm()),
                    spread("%.1f", runs, run -> 100 * run.retained()),
                    spread("%.1f", runs, EigenlossRun::seconds),
                    spread("%.2f", runs, EigenlossRun::refreshSeconds));
        }
        return table.build();
    }

    /** Accuracy of plain and penalized network at every rank. */
    static Table ranks(EigenlossResults results) {
        List<EigenlossRun> plain = results.runs(EigenlossArm.PLAIN);
        List<EigenlossRun> penalized = results.penalized();
        Table.Builder table = Table.builder("rank", "plain, %", "penalized, %", "parameters", "of all, %");
        int ranks = plain.get(0).cuts().size();
        long all = results.parameters();
        for (int i = 0; i < ranks; i++) {
            int cut = i;
            long parameters = plain.get(0).cuts().get(cut).parameters();
            table.row(
                    plain.get(0).cuts().get(cut).rank(),
                    spread("%.2f", plain, run -> 100 * run.cuts().get(cut).accuracy()),
                    spread("%.2f", penalized, run -> 100 * run.cuts().get(cut).accuracy()),
                    parameters,
                    String.format(Locale.ROOT, "%.1f", 100.0 * parameters / all));
        }
        table.row(
                "all",
                spread("%.2f", plain, run -> 100 * run.accuracy()),
                spread("%.2f", penalized, run -> 100 * run.accuracy()),
                all,
                "100.0");
        return table.build();
    }

    /** Differences of runs with iteration from exact ones, and of rare refreshes from those at each update; over seeds. */
    static Table differences(EigenlossResults results) {
        Table.Builder table = Table.builder(
                "run",
                "against",
                "loss, %",
                "cross-entropy, %",
                "nuclear norm, %",
                "8 largest of all, %",
                "below 1 %",
                "s in refreshes",
                "the other's");
        for (Pair pair : pairs()) {
            List<EigenlossRun> runs = results.runs(pair.arm);
            List<EigenlossRun> references = results.runs(pair.reference);
            long equal = 0;
            for (int seed = 0; seed < runs.size(); seed++) {
                equal += isEqual(runs.get(seed), references.get(seed)) ? 1 : 0;
            }
            table.row(
                    pair.arm,
                    pair.reference,
                    differences(runs, references, EigenlossRun::loss),
                    differences(runs, references, EigenlossRun::crossEntropy),
                    differences(runs, references, run -> run.after().nuclearNorm()),
                    differences(runs, references, EigenlossRun::retained),
                    equal + " of " + runs.size(),
                    spread("%.2f", runs, EigenlossRun::refreshSeconds),
                    spread("%.2f", references, EigenlossRun::refreshSeconds));
        }
        return table.build();
    }

    /** Up to which period iteration and decomposition come to the same, seed by seed. */
    static Table periods(EigenlossResults results) {
        Table.Builder table = Table.builder("seed", "exact with the same period", "exact at each update");
        for (int i = 0; i < results.seeds(); i++) {
            int seed = i;
            table.row(
                    seed + 1,
                    longest(
                            period -> results.run(EigenlossArm.followed(period), seed),
                            period -> results.run(EigenlossArm.exact(period), seed)),
                    longest(
                            period -> results.run(EigenlossArm.followed(period), seed),
                            period -> results.run(EigenlossArm.exact(1), seed)));
        }
        return table.build();
    }

    private static Object longest(IntFunction<EigenlossRun> run, IntFunction<EigenlossRun> reference) {
        int longest = 0;
        for (int period : EigenlossArm.PERIODS) {
            if (!isEqual(run.apply(period), reference.apply(period))) {
                break;
            }
            longest = period;
        }
        return longest == 0 ? "none" : longest;
    }

    private static boolean isEqual(EigenlossRun run, EigenlossRun reference) {
        return Math.abs(relative(run, reference, EigenlossRun::loss)) < TOLERANCE
                && Math.abs(relative(run, reference, one -> one.after().nuclearNorm())) < TOLERANCE
                && Math.abs(relative(run, reference, EigenlossRun::retained)) < TOLERANCE;
    }

    private static double relative(EigenlossRun run, EigenlossRun reference, ToDoubleFunction<EigenlossRun> figure) {
        return figure.applyAsDouble(run) / figure.applyAsDouble(reference) - 1;
    }

    private static String differences(
            List<EigenlossRun> runs, List<EigenlossRun> references, ToDoubleFunction<EigenlossRun> figure) {
        double[] percent = new double[runs.size()];
        Arrays.setAll(percent, seed -> 100 * relative(runs.get(seed), references.get(seed), figure));
        return LcaRuns.spread("%+.3f", percent);
    }

    /** A row for each run with its bare figures, for a file. */
    static Table runs(EigenlossResults results) {
        Table.Builder table = Table.builder(
                "run",
                "seed",
                "loss",
                "cross_entropy",
                "train_accuracy",
                "test_accuracy",
                "nuclear_norm_before",
                "nuclear_norm",
                "retained",
                "seconds",
                "refresh_seconds");
        for (EigenlossArm arm : results.arms()) {
            for (EigenlossRun run : results.runs(arm)) {
                table.row(
                        arm,
                        run.seed(),
                        run.loss(),
                        run.crossEntropy(),
                        run.trainingAccuracy(),
                        run.accuracy(),
                        run.before().nuclearNorm(),
                        run.after().nuclearNorm(),
                        run.retained(),
                        run.seconds(),
                        run.refreshSeconds());
            }
        }
        return table.build();
    }

    /** A row for each kind of autoencoder. */
    static Table latent(List<List<LatentRun>> kinds) {
        int k = EigenlossPlan.COMPONENTS;
        Table.Builder table = Table.builder(
                "autoencoder",
                "variance in " + k + " components, %",
                "variance of the code",
                "reconstruction loss",
                "from " + k + " components alone",
                "s in fit");
        for (List<LatentRun> runs : kinds) {
            table.row(
                    runs.get(0).name(),
                    latent("%.2f", runs, run -> 100 * run.shares()[k - 1]),
                    latent("%.3f", runs, LatentRun::variance),
                    latent("%.4f", runs, LatentRun::loss),
                    latent("%.4f", runs, run -> run.losses()[k - 1]),
                    latent("%.1f", runs, LatentRun::seconds));
        }
        return table.build();
    }

    private static String latent(String format, List<LatentRun> runs, ToDoubleFunction<LatentRun> figure) {
        return LcaRuns.spread(format, runs.stream().mapToDouble(figure).toArray());
    }

    private static String spread(String format, List<EigenlossRun> runs, ToDoubleFunction<EigenlossRun> figure) {
        return LcaRuns.spread(format, runs.stream().mapToDouble(figure).toArray());
    }

    private static ImmutableList<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (int period : EigenlossArm.PERIODS) {
            pairs.add(new Pair(EigenlossArm.followed(period), EigenlossArm.exact(period)));
        }
        for (int period : EigenlossArm.PERIODS) {
            if (period > 1) {
                pairs.add(new Pair(EigenlossArm.followed(period), EigenlossArm.exact(1)));
                pairs.add(new Pair(EigenlossArm.exact(period), EigenlossArm.exact(1)));
            }
        }
        return ImmutableList.copyOf(pairs);
    }

    /** A run and what it is measured against. */
    private static final class Pair {
        final EigenlossArm arm;
        final EigenlossArm reference;

        Pair(EigenlossArm arm, EigenlossArm reference) {
            this.arm = arm;
            this.reference = reference;
        }
    }
}
