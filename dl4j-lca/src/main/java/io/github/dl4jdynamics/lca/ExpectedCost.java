/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.Locale;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What training will cost with a listener, said before it costs anything: with e gradients of N rows to an update of b rows,
 * an update that ends a step takes {@code 1 + e N / b} times as long.
 */
final class ExpectedCost {
    private ExpectedCost() {}

    /**
     * In words.
     *
     * @param dependsOnBatches whether each class needs a pass over the whole batches
     */
    static String of(LossChangeAllocationBuilder settings, Model net, boolean dependsOnBatches) {
        long rows = settings.losses.values().stream().mapToLong(LossData::rows).sum();
        long byClass = rowsByClass(settings, dependsOnBatches);
        INDArray input = net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getInput()
                : ((ComputationGraph) net).getInput(0);
        double perGradient = (double) (rows + byClass) / (input == null ? Math.max(1, rows) : input.size(0));
        return String.format(
                Locale.ROOT,
                "LossChangeAllocation: %d rows%s, rule %s, steps end %s; against batches of %s rows expect an update that ends a "
                        + "step to take %.3g times as long, at most %.3g times; %s",
                rows,
                byClass == 0 ? "" : " and " + byClass + " by class",
                settings.rule,
                settings.schedule,
                input == null ? "as many" : Long.toString(input.size(0)),
                1 + settings.rule.fewestGradients() * perGradient,
                1 + settings.rule.mostGradients() * perGradient,
                Double.isInfinite(settings.timeBudget)
                        ? "everyIterations(k), a subset of the data or a timeBudget make it cheaper"
                        : "steps grow longer to stay within " + settings.timeBudget + " of the training time");
    }

    private static long rowsByClass(LossChangeAllocationBuilder settings, boolean dependsOnBatches) {
        if (!settings.perClass) {
            return 0;
        }
        LossData data = settings.losses.get(LossChangeAllocationBuilder.TRAIN);
        return data.rows() * (dependsOnBatches ? ClassLabels.present(data).length : 1);
    }
}
