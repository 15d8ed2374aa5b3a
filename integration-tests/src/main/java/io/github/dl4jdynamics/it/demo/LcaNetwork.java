/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import io.github.dl4jdynamics.it.demo.data.ImageData;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitRelu;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * The networks of section lca, after those of Lan et al., NeurIPS 2019, with He's initialization everywhere, softmax and
 * cross-entropy, no dropout and no weight decay. The last layer is named {@value #LAST}.
 */
enum LcaNetwork {
    /** Fully connected, 100 and 50 hidden units, ReLU: the paper's. */
    MLP("MLP") {
        @Override
        ComputationGraphConfiguration configuration(LcaPlan plan, double rate, LastLayer last, long seed) {
            GraphBuilder graph =
                    graph(rate, seed).addLayer("dense1", dense(100), INPUT).addLayer("dense2", dense(50), "dense1");
            return ended(graph, "dense2", plan.data(), rate, last);
        }
    },
    /**
     * Convolutions of 5 x 5 with 20 and 40 filters, max pooling, a dense layer of 400 units: the paper's, on images shrunk
     * to half their side, hence without a second pooling; without dropout.
     */
    LENET("LeNet") {
        @Override
        ComputationGraphConfiguration configuration(LcaPlan plan, double rate, LastLayer last, long seed) {
            GraphBuilder graph = graph(rate, seed)
                    .addLayer("shrink", pooling(SubsamplingLayer.PoolingType.AVG, plan.inputPooling()), INPUT)
                    .addLayer("conv1", convolution(20, ConvolutionMode.Same), "shrink")
                    .addLayer("pool", pooling(SubsamplingLayer.PoolingType.MAX, 2), "conv1")
                    .addLayer("conv2", convolution(40, ConvolutionMode.Truncate), "pool")
                    .addLayer("dense", dense(400), "conv2");
            return ended(graph, "dense", plan.data(), rate, last);
        }
    },
    /**
     * Fully connected, residual, with batch normalization: 8 layers of weights of 64 units. A stand-in for the ResNet that
     * can be trained for hundreds of updates under several seeds.
     */
    RESIDUAL_MLP("residual MLP") {
        @Override
        ComputationGraphConfiguration configuration(LcaPlan plan, double rate, LastLayer last, long seed) {
            GraphBuilder graph = graph(rate, seed);
            return ended(graph, ResidualMlp.add(graph, INPUT), plan.data(), rate, last);
        }
    },
    /** Convolutional, residual, with batch normalization, of 8 layers in depth where the paper has 20. */
    RESNET("ResNet") {
        @Override
        ComputationGraphConfiguration configuration(LcaPlan plan, double rate, LastLayer last, long seed) {
            return SmallResNet.builder()
                    .shape(plan.data().shape())
                    .classes(plan.data().classNames().size())
                    .width(plan.width())
                    .inputPooling(plan.inputPooling())
                    .updater(new Nesterovs(rate, LcaPlan.MOMENTUM))
                    .outputUpdater(last.updater(rate))
                    .outputWeights(new WeightInitRelu())
                    .seed(seed)
                    .build();
        }
    };

    /** Name of the last layer of all networks. */
    static final String LAST = "output";

    private static final String INPUT = "input";

    private final String words;

    LcaNetwork(String words) {
        this.words = words;
    }

    abstract ComputationGraphConfiguration configuration(LcaPlan plan, double rate, LastLayer last, long seed);

    /** A new network; of one seed, all rates and arms start from the same weights. */
    ComputationGraph network(LcaPlan plan, double rate, LastLayer last, long seed) {
        ComputationGraph net = new ComputationGraph(configuration(plan, rate, last, seed));
        net.init();
        return net;
    }

    private static GraphBuilder graph(double rate, long seed) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Nesterovs(rate, LcaPlan.MOMENTUM))
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                // Without it DL4J's convolution computes its forward pass again in the backward pass.
                .cacheMode(CacheMode.DEVICE)
                .graphBuilder()
                .addInputs(INPUT);
    }

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder().nOut(units).build();
    }

    private static ConvolutionLayer convolution(int filters, ConvolutionMode mode) {
        return new ConvolutionLayer.Builder(5, 5)
                .nOut(filters)
                .convolutionMode(mode)
                .build();
    }

    private static SubsamplingLayer pooling(SubsamplingLayer.PoolingType type, int side) {
        return new SubsamplingLayer.Builder(type)
                .kernelSize(side, side)
                .stride(side, side)
                .build();
    }

    private static ComputationGraphConfiguration ended(
            GraphBuilder graph, String before, ImageData data, double rate, LastLayer last) {
        OutputLayer output = new OutputLayer.Builder()
                .nOut(data.classNames().size())
                .activation(Activation.SOFTMAX)
                .updater(last.updater(rate))
                .build();
        return graph.addLayer(LAST, output, before)
                .setOutputs(LAST)
                .setInputTypes(InputType.convolutional(
                        data.shape().height(),
                        data.shape().width(),
                        data.shape().channels()))
                .build();
    }

    @Override
    public String toString() {
        return words;
    }
}
