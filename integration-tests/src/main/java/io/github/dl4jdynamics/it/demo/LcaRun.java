/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.lca.AllocationHistory;
import io.github.dl4jdynamics.lca.AllocationStep;
import io.github.dl4jdynamics.lca.LossChangeAllocationBuilder;
import io.github.dl4jdynamics.lca.LossChangeAllocationListener;
import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.ParameterArray;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** One network trained once, its loss allocated by one rule or by several along the same path. */
final class LcaRun {
    private final LcaCourse course;
    private final long seed;
    private final ImmutableList<AllocationHistory> histories;
    private final int updatesPerEpoch;
    private final TestScore score;
    private final double seconds;

    private LcaRun(
            LcaCourse course,
            long seed,
            List<AllocationHistory> histories,
            int updatesPerEpoch,
            TestScore score,
            double seconds) {
        this.course = course;
        this.seed = seed;
        this.histories = ImmutableList.copyOf(histories);
        this.updatesPerEpoch = updatesPerEpoch;
        this.score = score;
        this.seconds = seconds;
    }

    static LcaRun train(LcaPlan plan, LcaCourse course, long seed, PrintStream out) {
        long start = System.nanoTime();
        ComputationGraph net = course.network().network(plan, course.rate(), course.lastLayer(), seed);
        LossData data = plan.lossData();
        List<LossChangeAllocationListener> listeners = course.rules().stream()
                .map(rule -> listener(plan, data, course, rule).attach(net))
                .collect(Collectors.toList());
        net.fit(plan.data().trainBatches(plan.batch(), seed), course.epochs());
        LcaRun run = new LcaRun(
                course,
                seed,
                listeners.stream().map(LossChangeAllocationListener::history).collect(Collectors.toList()),
                plan.data().trainBatches(plan.batch(), seed).batchesPerPass(),
                TestScore.of(net, plan.data().testBatches(250)),
                (System.nanoTime() - start) / 1e9);
        out.printf(Locale.ROOT, "%s%n", run);
        return run;
    }

    private static LossChangeAllocationListener listener(LcaPlan plan, LossData data, LcaCourse course, PathRule rule) {
        LossChangeAllocationBuilder builder =
                LossChangeAllocationListener.builder(data).rule(rule);
        return (course.isValidated() ? builder.validation(plan.validationData()) : builder).build();
    }

    LcaCourse course() {
        return course;
    }

    long seed() {
        return seed;
    }

    /** Allocations by the first rule. */
    AllocationHistory history() {
        return histories.get(0);
    }

    /** One for each rule. */
    ImmutableList<AllocationHistory> histories() {
        return histories;
    }

    /** Over all test images, at inference. */
    TestScore score() {
        return score;
    }

    double seconds() {
        return seconds;
    }

    /** Loss on the loss data after the last update. */
    double finalLoss() {
        double[] losses = history().trueLoss(0);
        return losses[losses.length - 1];
    }

    /** Mean loss on the loss data after each update of the last epoch, which swings less. */
    double lateLoss() {
        double[] losses = history().trueLoss(0);
        return ArmRuns.mean(Arrays.copyOfRange(losses, Math.max(0, losses.length - updatesPerEpoch), losses.length));
    }

    /** Total allocation of the last layer. */
    double lastLayerTotal() {
        return history().layerTotals(0)[history().layers().indexOf(LcaNetwork.LAST)];
    }

    /** Total allocation of all layers but the last. */
    double otherLayersTotal() {
        return Arrays.stream(history().layerTotals(0)).sum() - lastLayerTotal();
    }

    /** Totals of the layers' kernels alone, without biases and batch normalization; as many as there are layers. */
    double[] kernelTotals() {
        double[] totals = new double[history().layers().size()];
        double[] byArray = history().arrayTotals(0);
        for (int a = 0; a < byArray.length; a++) {
            ParameterArray array = history().arrays().get(a);
            totals[history().layers().indexOf(array.layer())] += array.key().equals("W") ? byArray[a] : 0;
        }
        return totals;
    }

    /** What biases and batch normalization contributed to the total, as a share of it. */
    double shareWithoutKernels() {
        return 1 - Arrays.stream(kernelTotals()).sum() / history().books(0).allocated();
    }

    /** New gradients per step, on each data set. */
    static double gradientsPerStep(AllocationHistory history) {
        return history.steps().stream()
                .mapToInt(AllocationStep::gradients)
                .average()
                .orElse(Double.NaN);
    }

    /** Time of one gradient on all data sets of the run together, its share of the bookkeeping included. */
    double millisecondsPerGradient() {
        List<AllocationStep> steps = history().steps();
        return steps.stream().mapToDouble(AllocationStep::milliseconds).sum()
                / steps.stream().mapToInt(AllocationStep::gradients).sum();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, seed %d: loss %.4f, test accuracy %.3f, %s, %.2f gradients per step of %.0f ms each, %.0f s",
                course,
                seed,
                finalLoss(),
                score.accuracy(),
                history().books(0),
                gradientsPerStep(history()),
                millisecondsPerGradient(),
                seconds);
    }
}
