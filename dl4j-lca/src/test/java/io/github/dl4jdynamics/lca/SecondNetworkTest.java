/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** One listener and two networks. */
class SecondNetworkTest {
    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(LossData.of(Nets.rows(8, 1)));
    }

    @Test
    void secondNetwork_isLeftOut() {
        Model first = Nets.net(false, new Sgd(0.1));
        Model second = Nets.net(true, new Sgd(0.1));
        LossChangeAllocationListener lca = builder().failFast(true).build();
        lca.attach(first);
        lca.attach(first);
        Nets.updates(first, 2);

        assertThatThrownBy(() -> lca.attach(second))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this LossChangeAllocationListener follows another network; make one for each");
        assertThatThrownBy(() -> lca.finish(second))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not follow that network");
        second.setListeners(lca);
        try (Logs logs = new Logs()) {
            Nets.updates(second, 3);

            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0)).contains("give each network a listener of its own");
        }
        Nets.updates(first, 1);

        assertThat(lca.history().steps())
                .extracting(AllocationStep::updatesAfter)
                .containsExactly(1, 2, 3);
        Books.assertConsistent(lca.history());
    }

    @Test
    void networkThatIsGone_isNotReplacedByAnother() {
        LossChangeAllocationListener lca = builder().failFast(true).build();
        trainAndForget(lca);
        Model other = Nets.net(false, new Sgd(0.1));
        for (int i = 0; i < 20 && lca.isFollowing(); i++) {
            System.gc();
            Nets.updates(other, 1);
        }

        assertThat(lca.isFollowing()).isFalse();
        assertThatThrownBy(() -> lca.attach(other)).isInstanceOf(IllegalStateException.class);
        other.setListeners(lca);
        try (Logs logs = new Logs()) {
            Nets.updates(other, 2);

            assertThat(logs.warnings()).hasSize(1);
        }
        assertThat(lca.history().steps()).hasSize(2);
    }

    private static void trainAndForget(LossChangeAllocationListener lca) {
        Model net = Nets.net(false, new Sgd(0.1));
        lca.attach(net);
        Nets.updates(net, 2);
    }
}
