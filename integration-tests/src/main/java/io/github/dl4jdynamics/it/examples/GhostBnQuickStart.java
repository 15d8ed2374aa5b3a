/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import io.github.dl4jdynamics.ghostbn.GhostBatchNormalization;
import io.github.dl4jdynamics.ghostbn.distance.WeightDistanceListener;
import io.github.dl4jdynamics.ghostbn.regime.BatchRegime;
import io.github.dl4jdynamics.ghostbn.regime.GradientNormClipping;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A recipe for batches of 32 carried over to batches of 160: ghost batches, a larger rate, clipping, more epochs. */
public final class GhostBnQuickStart {

    private GhostBnQuickStart() {}

    /** Trains and prints how far the weights went. */
    public static void main(String[] args) {
        BatchRegime regime = BatchRegime.of(160).referenceBatch(32);
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .updater(regime.apply(new Nesterovs(0.05, 0.9)))
                .list()
                .layer(new DenseLayer.Builder().nOut(96).build())
                .layer(GhostBatchNormalization.builder().ghostBatchSize(32).build())
                .layer(new OutputLayer.Builder()
                        .nOut(4)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(64))
                .build());
        net.init();

        WeightDistanceListener distance = WeightDistanceListener.create();
        net.addListeners(new GradientNormClipping(), distance);
        net.fit(ExampleNetworks.data(regime.batchSize()), regime.epochs(5));

        System.out.println(distance.history());
    }
}
