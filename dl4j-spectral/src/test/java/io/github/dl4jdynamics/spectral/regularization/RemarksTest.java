/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.util.List;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Settings that work and do something else than meant are said in the log. */
class RemarksTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(SpectralRegularization.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(appender);
    }

    private List<String> warnings() {
        return appender.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .collect(Collectors.toList());
    }

    private static MultiLayerNetwork net(SpectralRegularization... own) {
        return Nets.sequence(
                Nets.settings(DataType.DOUBLE, new Sgd(0.1), 1),
                InputType.feedForward(Nets.IN),
                Nets.dense("first", 7, own),
                Nets.output());
    }

    @Test
    void rankThatTheMatrixDoesNotHave() {
        MultiLayerNetwork tail = net(SpectralRegularization.tailEnergy(0.1, 7).build());
        MultiLayerNetwork kyFan = net(SpectralRegularization.kyFanNorm(0.1, 9).build());
        MultiLayerNetwork fine = net(
                SpectralRegularization.tailEnergy(0.1, 6).build(),
                SpectralRegularization.kyFanNorm(0.1, 7).build());
        for (MultiLayerNetwork net : List.of(tail, kyFan, fine)) {
            net.fit(Nets.batch(DataType.DOUBLE, 10, 1));
            net.fit(Nets.batch(DataType.DOUBLE, 10, 2));
        }

        assertThat(warnings())
                .containsExactly(
                        "parameter of shape [8, 7] under tail energy beyond 7: nothing is left beyond rank 7 of 7, so the"
                                + " penalty is 0",
                        "parameter of shape [8, 7] under Ky Fan 9 norm: there are 7 singular values and not 9, so the penalty"
                                + " is the nuclear norm");
    }

    @Test
    void secondPenaltyOfAKind() {
        MultiLayerNetwork net = net();
        SpectralRegularization.nuclearNorm(0.1).build().attach(net, "first");
        SpectralRegularization.tailEnergy(0.1, 2).build().attach(net, "first");
        assertThat(warnings()).isEmpty();

        SpectralRegularization.nuclearNorm(0.1).period(5).build().attach(net, "first");

        assertThat(warnings()).hasSize(1);
        assertThat(warnings().get(0))
                .startsWith("layer 'first' has a spectral regularization of this kind")
                .endsWith("to replace it, call SpectralRegularization.detach(net) first");
    }

    @Test
    void oneInstanceInTwoNetworks() {
        SpectralRegularization shared = SpectralRegularization.nuclearNorm(0.1).build();
        MultiLayerNetwork one = net(shared);
        MultiLayerNetwork other = net(shared);
        one.fit(Nets.batch(DataType.DOUBLE, 10, 1));
        other.fit(Nets.batch(DataType.DOUBLE, 10, 1));
        assertThat(warnings()).isEmpty();

        for (int i = 0; i < 3; i++) {
            one.fit(Nets.batch(DataType.DOUBLE, 10, 1));
            other.fit(Nets.batch(DataType.DOUBLE, 10, 1));
        }

        assertThat(warnings()).hasSize(1);
        assertThat(warnings().get(0)).endsWith("give each network an instance of its own");
    }

    @Test
    void kernelPositionsInALayersBuilder() {
        Layer layer = new ConvolutionLayer.Builder(3, 3)
                .nOut(4)
                .regularization(List.of(SpectralRegularization.nuclearNorm(0.1)
                        .perKernelPosition(true)
                        .build()))
                .build();
        MultiLayerNetwork net = Nets.sequence(
                Nets.settings(DataType.DOUBLE, new Sgd(0.1), 1),
                InputType.convolutional(6, 6, 2),
                layer,
                Nets.output());
        INDArray labels = Nets.batch(DataType.DOUBLE, 5, 1).getLabels();

        net.fit(new DataSet(Nd4j.rand(DataType.DOUBLE, 5, 2, 6, 6), labels));

        assertThat(warnings()).hasSize(1);
        assertThat(warnings().get(0)).endsWith("attach the regularization to the network");
    }
}
