/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;

/** The procedural images ask for more than a weighted sum of pixels. */
class LinearModelTest {
    private static final int EPOCHS = 25;

    @Test
    void softmaxRegression_trainedToTheEnd_staysBelow60Percent() {
        ImageData data = ShapeImages.generate(1200, 500, 1);
        ImageShape shape = data.shape();
        MultiLayerNetwork linear = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(3e-3))
                .list()
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(shape.height(), shape.width(), shape.channels()))
                .build());
        linear.init();

        linear.fit(data.trainBatches(200, 1), EPOCHS);

        assertThat(linear.evaluate(data.trainBatches(200, 1)).accuracy())
                .as("training accuracy")
                .isGreaterThan(0.95);
        assertThat(linear.evaluate(data.testBatches(250)).accuracy())
                .as("test accuracy")
                .isBetween(0.2, 0.6);
    }
}
