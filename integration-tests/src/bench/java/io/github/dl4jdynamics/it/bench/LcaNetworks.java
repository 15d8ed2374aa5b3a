/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Networks for images of 28 x 28, and random images. */
final class LcaNetworks {

    private LcaNetworks() {}

    static MultiLayerNetwork network(String kind) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new Sgd(0.01))
                .activation(Activation.RELU)
                .weightInit(WeightInit.RELU)
                .list();
        switch (kind) {
            case "mlp": // 84,060 parameters
                list.layer(dense(100)).layer(dense(50));
                break;
            case "lenet": // 280,970 parameters
                list.layer(new ConvolutionLayer.Builder(5, 5).nOut(20).build())
                        .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
                        .layer(new ConvolutionLayer.Builder(5, 5).nOut(40).build())
                        .layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build())
                        .layer(dense(400));
                break;
            case "cnn": // with batch normalization
                list.layer(new ConvolutionLayer.Builder(5, 5).nOut(8).stride(2, 2).build())
                        .layer(new BatchNormalization())
                        .layer(new ConvolutionLayer.Builder(3, 3).nOut(16).stride(2, 2).build())
                        .layer(new BatchNormalization());
                break;
            case "wide": // 20 million parameters and hardly an activation
                list.layer(dense(4096)).layer(dense(4096));
                break;
            default:
                throw new IllegalArgumentException(kind);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(
                list.layer(new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build())
                        .setInputType(InputType.convolutional(28, 28, 1))
                        .build());
        net.init();
        return net;
    }

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder().nOut(units).build();
    }

    static DataSet images(int rows) {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, rows, 10);
        for (int i = 0; i < rows; i++) {
            labels.putScalar(i, i % 10, 1);
        }
        return new DataSet(Nd4j.rand(DataType.FLOAT, rows, 1, 28, 28), labels);
    }
}
