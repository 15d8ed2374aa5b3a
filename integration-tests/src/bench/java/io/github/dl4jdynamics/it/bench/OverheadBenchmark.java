/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.it.demo.DemoTask;
import io.github.dl4jdynamics.it.demo.data.ImageBatches;
import io.github.dl4jdynamics.spectral.report.Table;
import io.github.dl4jdynamics.tempbalance.TempBalance;
import java.util.Arrays;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Wall time of an epoch of the demo network with TempBalance and FARMS attached, against the same epoch without.
 *
 * <p>Epochs of the two networks alternate in one JVM, so that a drift of the machine meets both; the figure is the median
 * of the ratios of neighbours. Not a JMH benchmark: the unit is an epoch of seconds, and the pairing is the point.
 */
final class OverheadBenchmark {
    private static final int WARM_UP = 1;

    private OverheadBenchmark() {}

    static void run(int rounds) {
        Table.Builder table = Table.builder("measured", "median ratio of an epoch", "range", "pairs");
        int perEpoch = DemoTask.drawn(1, 1).trainBatches().batchesPerPass();
        row(table, "plain against plain (noise)", null, rounds);
        row(table, "every epoch", TempBalance.farms(), rounds);
        for (int k : new int[] {perEpoch / 2, 10, 1}) {
            row(table, "every " + k + " iterations", TempBalance.farms().toBuilder().everyIterations(k).build(), rounds);
        }
        System.out.println(table.build());
        System.out.println(perEpoch + " iterations per epoch");
    }

    private static void row(Table.Builder table, String name, TempBalance balance, int rounds) {
        DemoTask task = DemoTask.drawn(rounds + WARM_UP, 1);
        ComputationGraph plain = task.network();
        ComputationGraph balanced = task.network();
        if (balance != null) {
            balance.attach(balanced);
        }
        ImageBatches plainBatches = task.trainBatches();
        ImageBatches balancedBatches = task.trainBatches();
        double[] ratios = new double[rounds];
        for (int round = -WARM_UP; round < rounds; round++) {
            boolean plainFirst = round % 2 == 0;
            double before = plainFirst ? epoch(plain, plainBatches) : 0;
            double with = epoch(balanced, balancedBatches);
            double without = plainFirst ? before : epoch(plain, plainBatches);
            if (round >= 0) {
                ratios[round] = with / without;
            }
        }
        Arrays.sort(ratios);
        double median = rounds % 2 == 1 ? ratios[rounds / 2] : (ratios[rounds / 2 - 1] + ratios[rounds / 2]) / 2;
        table.row(
                name,
                String.format(Locale.ROOT, "%.3f", median),
                String.format(Locale.ROOT, "%.3f..%.3f", ratios[0], ratios[rounds - 1]),
                rounds);
    }

    private static double epoch(ComputationGraph net, ImageBatches batches) {
        long start = System.nanoTime();
        net.fit(batches);
        return System.nanoTime() - start;
    }
}
