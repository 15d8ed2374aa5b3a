/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.OutputStream;
import java.io.PrintStream;

import io.github.dl4jdynamics.it.demo.data.ShapeImages;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class GhostBnTaskTest {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
    private static final GhostBnTask TASK = GhostBnTask.of(ShapeImages.generate(64, 20, 1), 1);

    @Test
    void network_ofOneSeed_startsEveryArmAlike() {
        double[] first = params(TASK.arms().get(0), 1);

        for (Arm arm : TASK.arms()) {
            assertThat(params(arm, 1)).as(arm.name()).isEqualTo(first);
        }
        assertThat(params(TASK.arms().get(0), 2)).isNotEqualTo(first);
    }

    @Test
    void network_arms_haveTheirRates() {
        GhostBnTask task = GhostBnTask.of(ShapeImages.generate(64, 20, 1), 8);
        Arm small = task.arms().get(0);
        Arm longer = task.arms().get(4);
        double factor = Math.sqrt(8);

        assertThat(rate(task, small, 4)).isEqualTo(0.1);
        assertThat(rate(task, small, 5)).isCloseTo(0.02, within(1e-9));
        assertThat(rate(task, small, 6)).isCloseTo(0.004, within(1e-9));
        assertThat(rate(task, longer, 39)).isCloseTo(0.1 * factor, within(1e-9));
        assertThat(rate(task, longer, 40)).isCloseTo(0.02 * factor, within(1e-9));
        assertThat(rate(task, longer, 48)).isCloseTo(0.004 * factor, within(1e-9));
    }

    @Test
    void run_twiceUnderOneSeed_isTheSame() {
        Arm arm = TASK.arms().get(3);

        GhostBnRun one = TASK.run(arm, 7, NOWHERE);
        GhostBnRun two = TASK.run(arm, 7, NOWHERE);

        assertThat(one.net().params().toDoubleVector())
                .isEqualTo(two.net().params().toDoubleVector());
        assertThat(one.trainLoss()).isEqualTo(two.trainLoss());
        assertThat(one.firstRate()).isCloseTo(0.1 * Math.sqrt(8), within(1e-9));
    }

    private static double rate(GhostBnTask task, Arm arm, int epoch) {
        ComputationGraph net = task.network(arm, 1);
        net.getConfiguration().setEpochCount(epoch);
        return net.getLayer("stem").conf().getLayer().getUpdaterByParam("W").getLearningRate(0, epoch);
    }

    private static double[] params(Arm arm, long seed) {
        return TASK.network(arm, seed).params().toDoubleVector();
    }
}
