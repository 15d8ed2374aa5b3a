/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import java.util.concurrent.TimeUnit;

import io.github.dl4jdynamics.spectral.nd4j.eigen.SpectralSolver;
import io.github.dl4jdynamics.spectral.regularization.SpectralPenaltyListener;
import io.github.dl4jdynamics.spectral.regularization.SpectralRegularization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One update of an autoencoder 784-width-width-784 under the nuclear norm of its three matrices, by decompositions and by
 * steps, against the same network without a penalty.
 *
 * <p>The networks take turns within an invocation, on batches of 128 random images.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EigenAutoencoderBenchmark {
    private static final int PIXELS = 784;
    private static final int BATCH = 128;

    @Param({"256", "512", "1024", "2048"})
    public int width;

    @Param("5")
    public int period;

    private final SpectralPenaltyListener steps = new SpectralPenaltyListener();
    private final INDArray[] batches = new INDArray[10];
    private MultiLayerNetwork backbone;
    private MultiLayerNetwork exact;
    private MultiLayerNetwork amortized;
    private MultiLayerNetwork periodic;

    /** Nanoseconds spent in one update of each. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Nanos {
        public long backbone;
        public long exact;
        public long amortized;
        public long periodic;
        public long invocations;
    }

    @Setup
    public void prepare() {
        Nd4j.getRandom().setSeed(1);
        for (int i = 0; i < batches.length; i++) {
            batches[i] = Nd4j.rand(DataType.FLOAT, BATCH, PIXELS);
        }
        backbone = network();
        exact = penalized(SpectralSolver.EXACT, 1);
        amortized = penalized(SpectralSolver.ORTHOGONAL_ITERATION, 1);
        periodic = penalized(SpectralSolver.ORTHOGONAL_ITERATION, period);
        amortized.addListeners(steps);
    }

    private MultiLayerNetwork penalized(SpectralSolver solver, int every) {
        MultiLayerNetwork net = network();
        SpectralRegularization.nuclearNorm(1e-4)
                .solver(solver)
                .period(every)
                .build()
                .attach(net);
        return net;
    }

    private MultiLayerNetwork network() {
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new Adam(1e-3))
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder().nIn(PIXELS).nOut(width).build())
                .layer(new DenseLayer.Builder().nIn(width).nOut(width).build())
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .nIn(width)
                        .nOut(PIXELS)
                        .activation(Activation.SIGMOID)
                        .build())
                .build());
        net.init();
        return net;
    }

    @Benchmark
    public void update(Nanos nanos) {
        nanos.backbone += Turns.nanos(() -> fit(backbone, period)) / period;
        nanos.exact += Turns.nanos(() -> fit(exact, 1));
        nanos.amortized += Turns.nanos(() -> fit(amortized, 1));
        nanos.periodic += Turns.nanos(() -> fit(periodic, period)) / period; // one refresh among them
        nanos.invocations++;
    }

    private void fit(MultiLayerNetwork net, int updates) {
        for (int i = 0; i < updates; i++) {
            INDArray images = batches[net.getIterationCount() % batches.length];
            net.fit(images, images);
        }
    }

    /** Shows whether the steps were steps: decompositions in their place are counted as too far off. */
    @TearDown
    public void printSteps() {
        System.out.printf("%n%s", steps.history().summary());
    }
}
