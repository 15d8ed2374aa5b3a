/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import io.github.dl4jdynamics.spectral.latent.LatentPca;
import io.github.dl4jdynamics.spectral.latent.LatentPcaLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** An autoencoder whose code is pressed into two principal components. */
public final class LatentPcaExample {

    private LatentPcaExample() {}

    /** Trains and prints how much of the code's variance two directions hold. */
    public static void main(String[] args) {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(20)
                        .nOut(8)
                        .activation(Activation.TANH)
                        .build())
                .layer(new LatentPcaLayer(2, 1.0))
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(8)
                        .nOut(20)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
        net.init();

        INDArray rows = Nd4j.randn(DataType.FLOAT, 200, 4).mmul(Nd4j.randn(DataType.FLOAT, 4, 20));
        for (int i = 0; i < 200; i++) {
            net.fit(new DataSet(rows, rows));
        }
        System.out.println(((LatentPca) net.getLayer(1)).components());
    }
}
