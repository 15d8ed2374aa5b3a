/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.dataset.DataSet;

import static org.assertj.core.api.Assertions.assertThat;

/** What is no number any more takes no time from training. */
class LostNetworkTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN);
    }

    @Test
    void lostNetwork_costsNoGradients() {
        Model net = FailingLoss.net();
        LossChangeAllocationListener lca = builder()
                .perClass(true)
                .validation(LossData.of(Nets.rows(4, 2)))
                .failFast(true)
                .build();
        lca.attach(net);
        Nets.updates(net, 2);
        Nets.fit(net, Nets.poison());
        FailingLoss.reset(0);

        Nets.updates(net, 4);

        assertThat(FailingLoss.gradients()).isEqualTo(4); // the network's own
        assertThat(lca.history().steps()).hasSize(3);
        assertThat(lca.history().steps().get(2).updatesAfter()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void networkThatWasNeverANumber_costsNoGradientsAfterTheFirstUpdate(boolean attached) {
        Model net = FailingLoss.net();
        LossChangeAllocationListener lca = builder()
                .validation(LossData.of(Nets.rows(4, 2)))
                .failFast(true)
                .build();
        net.params().putScalar(3, Double.NaN);
        if (attached) {
            lca.attach(net);
        } else {
            net.setListeners(lca);
        }
        Nets.updates(net, 1);
        FailingLoss.reset(0);

        Nets.updates(net, 4);

        assertThat(FailingLoss.gradients()).as("the network's own").isEqualTo(4);
        assertThat(FailingLoss.scores())
                .as("the network's own and those of the first data set")
                .isEqualTo(8);
        assertThat(lca.history().steps()).hasSize(1);
        AllocationStep gap = lca.history().steps().get(0);
        assertThat(gap.updatesAfter()).isEqualTo(5);
        assertThat(gap.note()).isEqualTo("loss or gradient is not finite");
        assertThat(gap.losses().get(1).lossBefore()).isNaN();
    }

    /** The first data set alone would say that gradients are of use. */
    @Test
    void furtherDataThatAreNoNumbers_costNoGradientsAfterTheFirstUpdate() {
        DataSet bad = Nets.rows(4, 2);
        bad.getFeatures().putScalar(1, 1, Double.NaN);
        Model net = FailingLoss.net();
        LossChangeAllocationListener lca = builder()
                .validation(LossData.of(bad))
                .further("third", LossData.of(Nets.rows(4, 3)))
                .failFast(true)
                .build()
                .attach(net);
        Nets.updates(net, 1);
        FailingLoss.reset(0);

        Nets.updates(net, 4);

        assertThat(FailingLoss.gradients()).as("the network's own").isEqualTo(4);
        assertThat(FailingLoss.scores()).as("with those of two data sets").isEqualTo(12);
        assertThat(lca.history().steps()).hasSize(1);
        assertThat(lca.history().steps().get(0).losses().get(0).lossBefore()).isFinite();
    }

    @Test
    void networkThatIsSetRight_isFollowedAgain() {
        Model net = FailingLoss.net();
        double good = net.params().getDouble(3);
        net.params().putScalar(3, Double.NaN);
        LossChangeAllocationListener lca = builder().failFast(true).build().attach(net);
        Nets.updates(net, 2);

        net.setParams(
                Nets.net(false, new org.nd4j.linalg.learning.config.Sgd(0.1)).params());
        assertThat(net.params().getDouble(3)).isEqualTo(good);
        Nets.updates(net, 2);

        assertThat(lca.history().steps())
                .extracting(AllocationStep::isAllocated)
                .containsExactly(false, false, true, true);
        assertThat(lca.history().steps().get(1).note()).isEqualTo("parameters were changed between two updates");
        Books.assertConsistent(lca.history());
    }
}
