/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.util.List;
import java.util.SplittableRandom;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks, data, and what a decomposition says of their weights. */
final class Nets {
    static final int IN = 8;
    static final int CLASSES = 3;

    private Nets() {}

    static NeuralNetConfiguration.Builder settings(DataType type, IUpdater updater, long seed) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(type)
                .updater(updater)
                .activation(Activation.TANH);
    }

    static MultiLayerNetwork sequence(NeuralNetConfiguration.Builder settings, InputType input, Layer... layers) {
        NeuralNetConfiguration.ListBuilder list = settings.list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(input).build());
        net.init();
        return net;
    }

    static ComputationGraph graph(NeuralNetConfiguration.Builder settings, InputType input, Layer... layers) {
        ComputationGraphConfiguration.GraphBuilder builder =
                settings.graphBuilder().addInputs("in").setInputTypes(input);
        String previous = "in";
        for (Layer layer : layers) {
            builder.addLayer(layer.getLayerName(), layer, previous);
            previous = layer.getLayerName();
        }
        ComputationGraph net = new ComputationGraph(builder.setOutputs(previous).build());
        net.init();
        return net;
    }

    /** Two dense layers and an output, nothing random but the start. */
    static MultiLayerNetwork plain(DataType type, IUpdater updater, long seed, Regularization... onFirst) {
        return sequence(
                settings(type, updater, seed),
                InputType.feedForward(IN),
                dense("first", 12, onFirst),
                dense("second", 6),
                output());
    }

    static MultiLayerNetwork plain() {
        return plain(DataType.DOUBLE, new Sgd(0.1), 5);
    }

    static Layer[] noisy() {
        return new Layer[] {
            new DenseLayer.Builder().name("first").nOut(12).dropOut(0.8).build(),
            new BatchNormalization.Builder().name("norm").build(),
            dense("second", 6),
            output()
        };
    }

    static Layer dense(String name, int out, Regularization... own) {
        return new DenseLayer.Builder()
                .name(name)
                .nOut(out)
                .regularization(List.of(own))
                .build();
    }

    static Layer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .name("out")
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build();
    }

    static DataSet batch(DataType type, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        INDArray features = Nd4j.create(type, rows, IN);
        INDArray labels = Nd4j.create(type, rows, CLASSES);
        for (int i = 0; i < rows; i++) {
            double sum = 0;
            for (int j = 0; j < IN; j++) {
                double x = random.nextDouble() * 2 - 1;
                features.putScalar(i, j, x);
                sum += j % 2 == 0 ? x : x * x;
            }
            labels.putScalar(i, sum < 1 ? 0 : sum < 2 ? 1 : 2, 1);
        }
        return new DataSet(features, labels);
    }

    static void fit(Model net, DataSet data) {
        if (net instanceof MultiLayerNetwork) {
            ((MultiLayerNetwork) net).fit(data);
        } else {
            ((ComputationGraph) net).fit(data);
        }
    }

    static double score(Model net, DataSet data) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).score(data)
                : ((ComputationGraph) net).score(data);
    }

    static INDArray parameter(Model net, String layer, String parameter) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getLayer(layer).getParam(parameter)
                : ((ComputationGraph) net).getLayer(layer).getParam(parameter);
    }

    static double nuclearNorm(INDArray matrix) {
        double sum = 0;
        for (double s : DenseKernels.auto().singularValues(matrix.castTo(DataType.DOUBLE))) {
            sum += s;
        }
        return sum;
    }

    /** Nuclear norms of the weights W of the named layers. */
    static double nuclearNorm(Model net, String... layers) {
        double sum = 0;
        for (String layer : layers) {
            sum += nuclearNorm(parameter(net, layer, "W"));
        }
        return sum;
    }

    static SpectralRegularization on(MultiLayerNetwork net, int layer, String parameter) {
        return net.getLayer(layer).getConfig().getRegularizationByParam(parameter).stream()
                .filter(SpectralRegularization.class::isInstance)
                .map(SpectralRegularization.class::cast)
                .findFirst()
                .orElse(null);
    }
}
