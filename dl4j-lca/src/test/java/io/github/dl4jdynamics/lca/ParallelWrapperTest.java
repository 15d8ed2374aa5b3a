/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;

/** Workers that share one listener object, each with a network of its own. */
class ParallelWrapperTest {
    private static final LossData TRAIN = LossData.of(Nets.rows(8, 1));

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(TRAIN);
    }

    @Test
    @Timeout(60)
    void firstWorkerThatTrains_isFollowed() {
        MultiLayerNetwork net = (MultiLayerNetwork) Nets.net(false, new Adam(0.05));
        LossChangeAllocationListener lca = builder().build();
        net.setListeners(lca);
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .prefetchBuffer(0)
                .averagingFrequency(1)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();

        try (Logs logs = new Logs()) {
            wrapper.fit(new ListDataSetIterator<DataSet>(
                    IntStream.range(0, 12).mapToObj(i -> Nets.rows(6, 100 + i)).collect(Collectors.toList()), 1));

            assertThat(logs.warnings()).hasSize(1);
            assertThat(logs.warnings().get(0))
                    .contains("leaves others out, such as the other workers of ParallelWrapper");
        } finally {
            wrapper.shutdown();
        }

        AllocationHistory history = lca.history();
        assertThat(history.books(0).steps()).as("of twelve batches, six each").isEqualTo(6);
        assertThat(history.steps())
                .filteredOn(step -> !step.isAllocated())
                .as("averaging is no update")
                .hasSize(5)
                .allMatch(gap -> gap.note().equals("parameters were changed between two updates"));
        assertThat(history.books(0).isOff()).isFalse();
        Books.assertConsistent(history);
    }

    /** Measurements are long against updates. */
    @Test
    @Timeout(60)
    void otherNetwork_doesNotWaitForAMeasurement() throws InterruptedException {
        CountDownLatch measuring = new CountDownLatch(1);
        CountDownLatch otherTrained = new CountDownLatch(1);
        boolean[] waited = new boolean[1];
        Model net = Nets.net(false, new Sgd(0.1));
        LossChangeAllocationListener lca = builder()
                .onStep(detail -> {
                    measuring.countDown();
                    try {
                        waited[0] = !otherTrained.await(10, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .build()
                .attach(net);
        Thread worker = new Thread(() -> Nets.updates(net, 1));
        worker.start();
        assertThat(measuring.await(10, TimeUnit.SECONDS)).isTrue();

        Model other = Nets.net(false, new Sgd(0.1));
        other.setListeners(lca);
        try (Logs logs = new Logs()) {
            Nets.fit(other, Nets.batches(Nets.rows(12, 3), 6), 1);

            assertThat(logs.warnings()).hasSize(1);
        }
        otherTrained.countDown();
        worker.join();

        assertThat(waited[0]).isFalse();
        assertThat(lca.history().steps()).hasSize(1).allMatch(AllocationStep::isAllocated);
    }
}
