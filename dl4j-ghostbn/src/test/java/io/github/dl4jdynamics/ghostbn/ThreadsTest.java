/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

import static org.assertj.core.api.Assertions.assertThat;

/** However many threads there are, the bits are the same. */
class ThreadsTest {

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void numberOfThreads_changesNoBit(DataType type) throws Exception {
        Callable<double[]> training = () -> trained(type, 1);
        double[] inCaller = training.call();
        ForkJoinPool one = new ForkJoinPool(1);
        ForkJoinPool five = new ForkJoinPool(5);
        try {
            assertThat(one.submit(training).get()).isEqualTo(inCaller);
            assertThat(five.submit(training).get()).isEqualTo(inCaller);
        } finally {
            one.shutdown();
            five.shutdown();
        }
    }

    @Test
    void networksInSeveralThreads_doNotMix() throws Exception {
        double[][] alone = {trained(DataType.FLOAT, 1), trained(DataType.FLOAT, 2), trained(DataType.DOUBLE, 3)};
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 2; round++) {
                List<Future<double[]>> together = new ArrayList<>();
                together.add(threads.submit(() -> trained(DataType.FLOAT, 1)));
                together.add(threads.submit(() -> trained(DataType.FLOAT, 2)));
                together.add(threads.submit(() -> trained(DataType.DOUBLE, 3)));
                for (int i = 0; i < 3; i++) {
                    assertThat(together.get(i).get()).isEqualTo(alone[i]);
                }
            }
        } finally {
            threads.shutdown();
        }
    }

    /** On arrays large enough to be shared among threads: 24 x 6 x 12 x 12 and 24 x 12 x 12 x 12. */
    private static double[] trained(DataType type, int seed) {
        MultiLayerNetwork net = LiveNets.net(
                LiveNets.base(type),
                InputType.convolutional(12, 12, 6),
                LiveNets.ghost(5).build(),
                new ConvolutionLayer.Builder(1, 1).nOut(12).build(),
                LiveNets.ghost(7).build(),
                LiveNets.output());
        for (int i = 0; i < 3; i++) {
            net.fit(new DataSet(LiveNets.random(type, seed + i, 24, 6, 12, 12), LiveNets.labels(type, seed + i, 24)));
        }
        return LiveNets.values(net.params());
    }
}
