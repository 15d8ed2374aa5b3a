/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it;

import java.util.stream.Stream;

import io.github.dl4jdynamics.it.demo.data.ImageData;
import io.github.dl4jdynamics.it.demo.data.ShapeImages;
import io.github.dl4jdynamics.lca.AllocationHistory;
import io.github.dl4jdynamics.lca.AllocationStep;
import io.github.dl4jdynamics.lca.LossChangeAllocationListener;
import io.github.dl4jdynamics.lca.RunBooks;
import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;

import static org.assertj.core.api.Assertions.assertThat;

/** Books of real trainings on drawn images, at rates at which plain rules fail. */
class LossChangeBooksTest {
    private static final ImageData IMAGES = ShapeImages.generate(160, 32, 1);

    static Stream<Arguments> runs() {
        return Stream.of(
                Arguments.of("mlp", 0.005),
                Arguments.of("mlp", 0.02),
                Arguments.of("cnn", 0.01),
                Arguments.of("cnn", 0.05),
                Arguments.of("cnn", 0.1));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void adaptiveRule_balancesTheBooks(String kind, double rate) {
        AllocationHistory history = train(kind, rate, PathRules.adaptive());

        for (int data = 0; data < 2; data++) {
            RunBooks books = history.books(data);
            assertThat(Math.abs(books.error()))
                    .as(books.toString())
                    .isLessThan(0.01 * Math.abs(books.change()) + 5e-4 * history.trueLoss(data)[0]);
            assertThat(books.isOff()).isFalse();
        }
        assertThat(history.steps()).hasSize(20).allMatch(AllocationStep::isAllocated);
        for (AllocationStep step : history.steps()) {
            double change = Math.abs(step.losses().get(0).change());
            boolean within =
                    Math.abs(step.losses().get(0).error()) <= 0.01 * change + 1e-4 * history.trueLoss(0)[0] + 1e-6;
            assertThat(within || step.status() == AllocationStep.Status.UNBALANCED)
                    .as(step.toString())
                    .isTrue();
        }
    }

    @Test
    void firstOrderRule_isReportedAsItIs() {
        AllocationHistory history = train("mlp", 0.02, PathRules.left());

        assertThat(history.books(0).relativeError()).isGreaterThan(0.05);
        assertThat(history.toString()).contains("BOOKS ARE OFF");
    }

    private static AllocationHistory train(String kind, double rate, PathRule rule) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Nesterovs(rate, 0.9))
                .activation(Activation.RELU)
                .weightInit(WeightInit.RELU)
                .list();
        if (kind.equals("mlp")) {
            list.layer(new DenseLayer.Builder().nOut(24).build());
        } else {
            list.layer(new ConvolutionLayer.Builder(3, 3).nOut(4).stride(2, 2).build())
                    .layer(new BatchNormalization())
                    .layer(new ConvolutionLayer.Builder(3, 3)
                            .nOut(8)
                            .stride(2, 2)
                            .build())
                    .layer(new BatchNormalization());
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.layer(new OutputLayer.Builder()
                        .nOut(IMAGES.classNames().size())
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(32, 32, 3))
                .build());
        net.init();
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(
                        LossData.of(IMAGES.trainBatches(64, 1)).first(32))
                .validation(LossData.of(IMAGES.testBatches(32)))
                .rule(rule)
                .failFast(true)
                .build();
        net.addListeners(lca);
        net.fit(IMAGES.trainBatches(16, 5), 2);
        return lca.history();
    }
}
