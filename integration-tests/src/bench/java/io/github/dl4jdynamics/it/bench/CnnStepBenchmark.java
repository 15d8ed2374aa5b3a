/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.bench;

import io.github.dl4jdynamics.ghostbn.GhostBatchNormalization;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.spectral.report.Table;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.runner.RunnerException;

/**
 * One training step of a CNN, 256 images of 32 x 32 x 3: three 3 x 3 convolutions (16, 32 and 64 channels, the last two
 * with stride 2), each with a normalisation and a ReLU, then pooling and softmax; workspaces as the framework has them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CnnStepBenchmark {
    private static final int BATCH = 256;

    @Param({"stock", "32", "whole", "none"})
    public String norm;

    private MultiLayerNetwork net;
    private DataSet batch;

    @Setup
    public void prepare() {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new Nesterovs(0.01, 0.9))
                .activation(Activation.IDENTITY)
                .list();
        int[] channels = {16, 32, 64};
        for (int i = 0; i < channels.length; i++) {
            list.layer(new ConvolutionLayer.Builder(3, 3)
                    .stride(i == 0 ? 1 : 2, i == 0 ? 1 : 2)
                    .padding(1, 1)
                    .nOut(channels[i])
                    .hasBias(false)
                    .build());
            if (!"none".equals(norm)) {
                list.layer(norm());
            }
            list.layer(new ActivationLayer.Builder().activation(Activation.RELU).build());
        }
        MultiLayerConfiguration conf = list.layer(new GlobalPoolingLayer.Builder().build())
                .layer(new OutputLayer.Builder().nOut(10).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(32, 32, 3))
                .build();
        net = new MultiLayerNetwork(conf);
        net.init();
        batch = new DataSet(
                Nd4j.randn(DataType.FLOAT, BATCH, 3, 32, 32),
                Nd4j.eye(10).castTo(DataType.FLOAT).repeat(0, BATCH / 10 + 1).getRows(rows()));
    }

    @Benchmark
    public double step() {
        net.fit(batch);
        return net.score();
    }

    static void run(int rounds) throws RunnerException {
        Rounds times = new Rounds(CnnStepBenchmark.class, rounds, 4);
        Table.Builder table = Table.builder("step", "against", "median ratio", "", "range", "bound");
        for (String norm : new String[] {"32", "whole", "none"}) {
            times.row(table, "step " + norm, "step stock", "");
        }
        System.out.println(table.build());
        times.printTimes();
    }

    private Layer norm() {
        return "stock".equals(norm)
                ? new BatchNormalization()
                : GhostBatchNormalization.builder()
                        .ghostBatchSize("whole".equals(norm) ? SplitRule.NEVER : Integer.parseInt(norm))
                        .build();
    }

    private static int[] rows() {
        int[] rows = new int[BATCH];
        for (int i = 0; i < BATCH; i++) {
            rows[i] = i;
        }
        return rows;
    }
}
