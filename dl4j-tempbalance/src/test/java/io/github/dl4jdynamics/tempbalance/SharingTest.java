/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.google.common.testing.GcFinalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;

/** One listener, many networks: threads and memory. */
class SharingTest {

    @Test
    void severalThreads_oneListener_giveWhatEachNetworkGivesAlone() throws Exception {
        int networks = 6;
        TempBalance balance = Networks.settings().everyIterations(2).build();
        MultiLayerNetwork alone = Networks.stack(new Adam(1e-2));
        alone.setListeners(balance.listener());
        Networks.seed(1);
        Networks.fitBatches(alone, 6);
        TempBalanceListener shared = balance.listener();
        List<MultiLayerNetwork> nets = new ArrayList<>();
        for (int i = 0; i < networks; i++) {
            nets.add(Networks.stack(new Adam(1e-2)));
            nets.get(i).setListeners(shared);
        }

        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (MultiLayerNetwork net : nets) {
                running.add(threads.submit(() -> {
                    Networks.seed(1);
                    Networks.fitBatches(net, 6);
                }));
            }
            for (Future<?> done : running) {
                shared.history().updates().size(); // read while others write
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }

        for (MultiLayerNetwork net : nets) {
            assertThat(Networks.iterations(shared.history(net))).containsExactly(0, 2, 4, 6);
            assertThat(Networks.bits(net.params())).isEqualTo(Networks.bits(alone.params()));
        }
    }

    @Test
    void networks_areHeldWeaklyAndTheFirstHistoryStays() {
        TempBalanceListener listener = Networks.settings()
                .everyIterations(1)
                .skipUnchanged(0.1)
                .build()
                .listener();
        List<WeakReference<Object>> gone = trainedAndDropped(listener);

        gone.forEach(GcFinalization::awaitClear);

        assertThat(Networks.iterations(listener.history())).containsExactly(0, 1, 2);
    }

    /** In a frame of its own, so that nothing is left on the stack. */
    private static List<WeakReference<Object>> trainedAndDropped(TempBalanceListener listener) {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        net.setListeners(listener);
        Networks.fitBatches(net, 2);
        return List.of(
                new WeakReference<>(net), new WeakReference<>(net.params().data()));
    }

    @Test
    void detach_byAnotherListenerInTheSameIteration_isNotUndone() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        net.setListeners(
                new BaseTrainingListener() {
                    @Override
                    public void iterationDone(org.deeplearning4j.nn.api.Model model, int iteration, int epoch) {
                        if (iteration == 2) {
                            TempBalance.detach(model);
                        }
                    }
                },
                Networks.settings().everyIterations(1).build().listener());

        Networks.fitBatches(net, 4);

        assertThat(Networks.json(net)).doesNotContain("dl4jdynamics");
        assertThat(net.getIterationCount()).isEqualTo(4);
    }

    @Test
    void arraysOfTheActivationsWorkspace_areNeverKept() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener = Networks.settings()
                .skipUnchanged(0.5)
                .iterationsPerEpoch(1)
                .build()
                .listener();
        net.setListeners(listener); // attaches in onForwardPass, inside the activations workspace

        Networks.fitBatches(net, 3);

        TempBalanceUpdate first = listener.history().updates().get(0);
        TempBalanceUpdate last = listener.history().last().get();
        assertThat(last.failure()).isEmpty();
        assertThat(last.layer("second").get().score())
                .as("spectra kept from the first callback are still those")
                .isEqualTo(first.layer("second").get().score());
    }
}
