/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;

import static org.assertj.core.api.Assertions.assertThat;

/** Two workers, each with a replica rebuilt from JSON; they share the listener object. */
class ParallelWrapperTest {

    /** Without dropout, whose random numbers would depend on the threads. */
    private static MultiLayerConfiguration conf(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .activation(Activation.TANH)
                .list()
                .layer(Networks.dense("first", 17).build())
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(Networks.dense("second", 13).build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.feedForward(Networks.IN))
                .build();
    }

    private static void fit(MultiLayerNetwork net, int batches) {
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .prefetchBuffer(0)
                .averagingFrequency(1)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();
        wrapper.fit(Networks.epoch(batches));
        wrapper.shutdown();
    }

    @Test
    @Timeout(60)
    void configuredNetwork_isSteeredInEveryWorker() {
        MultiLayerNetwork net = Networks.initialised(Networks.settings().build().configure(conf(new Adam(1e-2))));
        TempBalanceListener listener =
                Networks.settings().everyIterations(2).build().listener();
        Set<String> seen = new TreeSet<>();
        net.setListeners(listener, new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                TempBalanceHistory history = listener.history(model);
                if (iteration + 1 >= 2) { // a replica of a network that was measured already begins with its factors
                    double factor = Networks.factors(history).get("second");
                    boolean acts = Networks.rate(model, "second", "W") == 1e-2 * factor;
                    synchronized (seen) {
                        seen.add(Thread.currentThread().getName() + (acts ? " steered" : " not steered"));
                    }
                }
            }
        });

        try (Logs logs = new Logs()) {
            fit(net, 12);

            assertThat(logs.warnings()).isEmpty();
        }

        assertThat(net.getIterationCount()).as("of twelve batches, six each").isEqualTo(6);
        assertThat(seen)
                .containsExactly(
                        "ParallelWrapper training thread 0 steered", "ParallelWrapper training thread 1 steered");
        List<TempBalanceUpdate> updates = listener.history(net).updates();
        assertThat(updates).extracting(TempBalanceUpdate::iteration).contains(2, 4, 6);
        assertThat(Networks.rate(net, "second", "W"))
                .isEqualTo(1e-2 * Networks.factors(listener.history(net)).get("second"));
        assertThat(Networks.bits(net.params())).doesNotContain(Double.NaN);

        TempBalance.detach(net);
        assertThat(Networks.json(net)).doesNotContain("dl4jdynamics");
    }
}
