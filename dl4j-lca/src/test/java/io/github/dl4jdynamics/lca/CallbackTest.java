/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Sgd;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** No callback lets an error into training. */
class CallbackTest {
    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(LossData.of(Nets.rows(8, 1)));
    }

    /** Cannot write a certain line. */
    private static final class FullDisk extends AppenderBase<ILoggingEvent> {
        @Override
        public void doAppend(ILoggingEvent event) {
            if (event.getFormattedMessage().contains("the books of this run are off")) {
                throw new AssertionError("no space left");
            }
        }

        @Override
        protected void append(ILoggingEvent event) {}
    }

    @Test
    void errorAtTheEndOfAnEpoch_isCaught() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.github.dl4jdynamics");
        FullDisk disk = new FullDisk();
        Model net = Nets.net(false, new Sgd(4));
        builder().rule(PathRules.left()).build().attach(net);

        try (Logs logs = new Logs()) {
            logger.addAppender(disk);
            Nets.fit(net, Nets.batches(Nets.rows(18, 3), 6), 3);

            assertThat(logs.warnings())
                    .contains(
                            "LossChangeAllocation could not measure; training goes on, the history has a gap. Logged once.");
        } finally {
            logger.detachAppender(disk);
        }

        assertThat(((MultiLayerNetwork) net).getEpochCount()).isEqualTo(3);
    }

    /** Has no configuration to show. */
    @SuppressWarnings("overrides") // MultiLayerNetwork itself overrides varargs by an array
    private static final class Bare extends MultiLayerNetwork {
        private static final long serialVersionUID = 1;

        Bare(MultiLayerNetwork original) {
            super(original.getLayerWiseConfigurations());
            init();
        }

        @Override
        public MultiLayerConfiguration getLayerWiseConfigurations() {
            if (layerWiseConfigurations != null
                    && layers != null
                    && StackWalker.getInstance()
                            .walk(frames -> frames.anyMatch(
                                    frame -> frame.getClassName().endsWith("LossChangeAllocationListener")))) {
                throw new UnsupportedOperationException("bare");
            }
            return super.getLayerWiseConfigurations();
        }
    }

    @Test
    void errorOfTheFirstLookAtANetwork_isCaught() {
        MultiLayerNetwork net = new Bare((MultiLayerNetwork) Nets.net(false, new Sgd(0.1)));
        LossChangeAllocationListener lca = builder().build();
        net.setListeners(lca);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 2);

            assertThat(logs.warnings())
                    .containsExactly(
                            "LossChangeAllocation could not measure; training goes on without it. Logged once.");
        }

        assertThat(net.getIterationCount()).isEqualTo(2);
        assertThat(lca.history().steps()).hasSize(1);
        assertThat(lca.history().steps().get(0).note()).contains("UnsupportedOperationException: bare");
        net.setListeners(builder().failFast(true).build());
        assertThatThrownBy(() -> Nets.updates(net, 1)).hasMessage("bare");
    }

    @Test
    void gapAfterAnError_saysWhatItTook() {
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder()
                .onStep(detail -> {
                    try {
                        Thread.sleep(30);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    throw new IllegalStateException("full");
                })
                .build()
                .attach(net);

        try (Logs logs = new Logs()) {
            Nets.updates(net, 1);

            assertThat(logs.warnings()).hasSize(1);
        }

        AllocationStep gap = lca.history().steps().get(1);
        assertThat(gap.note()).isEqualTo("failed: java.lang.IllegalStateException: full");
        assertThat(gap.milliseconds()).isBetween(25.0, 20_000.0);
        assertThat(lca.history().steps().get(0).milliseconds()).isPositive();
    }
}
