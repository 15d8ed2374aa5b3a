/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.IOException;
import java.util.Locale;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.it.demo.data.ImageData;
import io.github.dl4jdynamics.it.demo.data.ImageFolders;
import io.github.dl4jdynamics.it.demo.data.ShapeImages;
import io.github.dl4jdynamics.spectral.latent.LatentPcaLayer;
import io.github.dl4jdynamics.spectral.rates.CosineSchedule;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ScheduleType;

/** What section eigenloss trains; its numbers are here. */
final class EigenlossPlan {
    /** Weight of the nuclear norm. */
    static final double COEFFICIENT = 1e-2;

    /** Layers of weights of the classifier, input first. */
    static final ImmutableList<String> LAYERS = ImmutableList.of("dense1", "dense2", "output");

    /** Units of the autoencoder's code. */
    static final int CODE = 32;

    /** Components the code is pressed into. */
    static final int COMPONENTS = 4;

    /** Position of the latent PCA in the autoencoder; the layer before it makes the code. */
    static final int LATENT = 2;

    private static final double RATE = 0.05;
    private static final double MOMENTUM = 0.9;
    private static final double CODE_RATE = 1e-3;
    private static final int CODE_HIDDEN = 128;

    private final ImageData data;
    private final Size size;
    private final int seeds;

    private EigenlossPlan(ImageData data, Size size, int seeds) {
        this.data = data;
        this.size = size;
        this.seeds = seeds;
    }

    static EigenlossPlan of(DemoSettings settings) throws IOException {
        boolean full = settings.size() == DemoSettings.Size.FULL;
        if (settings.data().isEmpty()) {
            Size size = full ? Size.DRAWN : Size.SMALL;
            return new EigenlossPlan(ShapeImages.generate(size.train, size.test, 1), size, settings.seeds());
        }
        Size size = full ? Size.FOLDER : Size.SMALL;
        ImageData data = ImageFolders.read(settings.data().get()).atMost(size.train, size.test, 1);
        return new EigenlossPlan(data, size, settings.seeds());
    }

    ImageData data() {
        return data;
    }

    int seeds() {
        return seeds;
    }

    /** Passes over the training images, of classifier and autoencoder alike. */
    int epochs() {
        return size.epochs;
    }

    int batch() {
        return size.batch;
    }

    /** Ranks at which the classifier is cut, ascending; up to its width. */
    int[] ranks() {
        int[] ranks = new int[Integer.numberOfTrailingZeros(Integer.highestOneBit(size.units)) + 1];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = 1 << i;
        }
        return ranks;
    }

    /** A new classifier: two hidden layers of ReLU and a softmax; colour images are shrunk to half their side. */
    ComputationGraph classifier(long seed) {
        int updates = size.epochs * data.trainBatches(size.batch, seed).batchesPerPass();
        int pooling = data.shape().channels() > 1 ? 2 : 1;
        SubsamplingLayer shrink = new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                .kernelSize(pooling, pooling)
                .stride(pooling, pooling)
                .convolutionMode(ConvolutionMode.Truncate)
                .build();
        ComputationGraph net = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Nesterovs(new CosineSchedule(ScheduleType.ITERATION, RATE, updates), MOMENTUM))
                .weightInit(WeightInit.RELU)
                .graphBuilder()
                .addInputs("input")
                .addLayer("shrink", shrink, "input")
                .addLayer(LAYERS.get(0), dense(size.units, Activation.RELU), "shrink")
                .addLayer(LAYERS.get(1), dense(size.units, Activation.RELU), LAYERS.get(0))
                .addLayer(
                        LAYERS.get(2),
                        new OutputLayer.Builder()
                                .nOut(data.classNames().size())
                                .activation(Activation.SOFTMAX)
                                .weightInit(WeightInit.XAVIER)
                                .build(),
                        LAYERS.get(1))
                .setOutputs(LAYERS.get(2))
                .setInputTypes(InputType.convolutional(
                        data.shape().height(),
                        data.shape().width(),
                        data.shape().channels()))
                .build());
        net.init();
        return net;
    }

    /** A new autoencoder of flat images with a linear code. */
    MultiLayerNetwork autoencoder(double eta, boolean exact, long seed) {
        int pixels = data.shape().size();
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Adam(CODE_RATE))
                .weightInit(WeightInit.RELU)
                .list()
                .layer(dense(CODE_HIDDEN, Activation.RELU))
                .layer(dense(CODE, Activation.IDENTITY))
                .layer(LATENT, new LatentPcaLayer(COMPONENTS, eta, exact))
                .layer(dense(CODE_HIDDEN, Activation.RELU))
                .layer(new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(pixels)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.feedForward(pixels))
                .build());
        net.init();
        return net;
    }

    private static DenseLayer dense(int units, Activation activation) {
        return new DenseLayer.Builder().nOut(units).activation(activation).build();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s. Classifier: two hidden layers of %d units with ReLU%s, batches of %d, %d epochs, Nesterov momentum %s, rate "
                        + "%s and cosine down; the penalty is %s times the sum of all singular values of all weight matrices. "
                        + "Autoencoder: %d, %d, %d, %d units, Adam at %s, as many epochs. %d %s of weights and batches.",
                data,
                size.units,
                data.shape().channels() > 1 ? ", on images shrunk to half their side" : "",
                size.batch,
                size.epochs,
                MOMENTUM,
                RATE,
                COEFFICIENT,
                CODE_HIDDEN,
                CODE,
                CODE_HIDDEN,
                data.shape().size(),
                CODE_RATE,
                seeds,
                seeds == 1 ? "seed" : "seeds");
    }

    /** Amounts, chosen by what an exact refresh at each update costs on one core. */
    private enum Size {
        /** A smoke test. */
        SMALL(300, 100, 25, 2, 64),
        /** The demo's own images. */
        DRAWN(1200, 500, 20, 8, 256),
        /** Images from a folder; for each seed a minute and a half. */
        FOLDER(6000, 1000, 50, 4, 256);

        final int train;
        final int test;
        final int batch;
        final int epochs;
        final int units;

        Size(int train, int test, int batch, int epochs, int units) {
            this.train = train;
            this.test = test;
            this.batch = batch;
            this.epochs = epochs;
            this.units = units;
        }
    }
}
