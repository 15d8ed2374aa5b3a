/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.LossOracle;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A real training against the definition, written down as it stands in the paper. */
class NaiveTwinTest {

    private static double[] gradient(LossOracle oracle, LossData data, INDArray theta) {
        oracle.moveTo(theta);
        INDArray gradient = oracle.zeros();
        oracle.addGradient(data, 1, gradient);
        return Nets.values(gradient);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void training_isAllocatedAsTheDefinitionSays(boolean graph) {
        LossData data = LossData.of(Nets.rows(11, 4)).batches(5);
        Model net = Nets.net(graph, new Adam(0.1));
        LossOracle oracle = LossOracle.builder(net).build();
        List<INDArray> path = new ArrayList<>(List.of(net.params().dup()));
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(data)
                .rule(PathRules.simpson())
                .failFast(true)
                .build();
        net.setListeners(
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(Model model, int iteration, int epoch) {
                        path.add(model.params().dup());
                    }
                },
                lca);

        Nets.updates(net, 5);

        int k = (int) net.numParams();
        double[] totals = new double[k];
        int[] helped = new int[k];
        int[] hurt = new int[k];
        AllocationHistory history = lca.history();
        for (int t = 0; t < 5; t++) {
            INDArray theta = path.get(t);
            INDArray next = path.get(t + 1);
            double[] g0 = gradient(oracle, data, theta);
            double[] g1 = gradient(oracle, data, theta.add(next).mul(0.5));
            double[] g2 = gradient(oracle, data, next);
            double sum = 0;
            for (int i = 0; i < k; i++) {
                double a = (g0[i] + 4 * g1[i] + g2[i]) / 6 * (next.getDouble(i) - theta.getDouble(i));
                totals[i] += a;
                sum += a;
                helped[i] += a < 0 ? 1 : 0;
                hurt[i] += a > 0 ? 1 : 0;
            }
            assertThat(history.steps().get(t).losses().get(0).allocated()).isCloseTo(sum, within(1e-12));
            assertThat(history.steps().get(t).gradients()).isEqualTo(2);
        }

        for (int i = 0; i < k; i++) {
            assertThat(history.parameterTotals(0)[i]).isCloseTo(totals[i], within(1e-13));
        }
        assertThat(history.stepsHelped(0)).isEqualTo(helped);
        assertThat(history.stepsHurt(0)).isEqualTo(hurt);
        // Dense W [4, 5] and b, output W [5, 3] and b, weights column by column.
        for (int neuron = 0; neuron < 5; neuron++) {
            double sum = totals[20 + neuron];
            for (int in = 0; in < 4; in++) {
                sum += totals[4 * neuron + in];
            }
            assertThat(history.unitTotals(0)[neuron]).isCloseTo(sum, within(1e-12));
        }
        for (int neuron = 0; neuron < 3; neuron++) {
            double sum = totals[25 + 15 + neuron];
            for (int in = 0; in < 5; in++) {
                sum += totals[25 + 5 * neuron + in];
            }
            assertThat(history.unitTotals(0)[5 + neuron]).isCloseTo(sum, within(1e-12));
        }
    }
}
