/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Networks that come and go, threads, budgets and errors. */
class ScaleInvarianceLifeTest {
    private static final DataSet VECTORS = Nets.vectors(3);

    private static ScaleInvarianceListener everyIteration() {
        return ScaleInvarianceListener.builder()
                .everyIterations(1)
                .failFast(true)
                .build();
    }

    @Test
    void netWithoutNormalization_saysSoOnceAndMeasuresNothing() {
        MultiLayerNetwork net =
                Nets.stack(InputType.feedForward(5), Nets.dense("dense", 7).build(), Nets.output("out"));
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);

        try (Logs logs = new Logs()) {
            Nets.fit(net, VECTORS, 3);

            assertThat(logs.warnings())
                    .containsExactly(
                            "the network has no batch normalization that is trained: nothing is scale-invariant, "
                                    + "nothing is measured");
        }
        assertThat(listener.history().samples()).isEmpty();
        assertThat(listener.history().groupTable().rows()).hasSize(4);
    }

    @Test
    void secondNetwork_isNotMixedIn() {
        MultiLayerNetwork first = Nets.denseNet(new Sgd(0.1), 0.02);
        MultiLayerNetwork second = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener = everyIteration();
        first.setListeners(listener);
        second.setListeners(listener);

        Nets.fit(first, VECTORS, 2);
        Nets.fit(second, VECTORS, 5);
        Nets.fit(first, VECTORS, 1);

        assertThat(listener.history().samples())
                .extracting(ScaleInvarianceSample::iteration)
                .containsExactly(0, 1, 2);
    }

    @Test
    void follow_choosesTheNetwork() {
        MultiLayerNetwork first = Nets.denseNet(new Sgd(0.1), 0.02);
        MultiLayerNetwork second = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener = everyIteration().follow(second);
        first.setListeners(listener);
        second.setListeners(listener);

        Nets.fit(first, VECTORS, 3);
        assertThat(listener.history().samples()).isEmpty();
        Nets.fit(second, VECTORS, 2);

        assertThat(listener.history().samples()).hasSize(2);
        assertThat(listener.follow(second)).isSameAs(listener);
        assertThatThrownBy(() -> listener.follow(first))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this ScaleInvarianceListener follows another network; make one for each");
    }

    @Test
    @Timeout(60)
    void parallelWrapper_isFollowedInOneWorkerOnly() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener = everyIteration().follow(net);
        net.setListeners(listener);
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(net)
                .workers(2)
                .prefetchBuffer(0)
                .averagingFrequency(1)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();

        wrapper.fit(Nets.batches(
                Nets.vectors(1), Nets.vectors(2), Nets.vectors(3), Nets.vectors(4), Nets.vectors(5), Nets.vectors(6)));
        wrapper.shutdown();

        assertThat(listener.history().samples())
                .extracting(ScaleInvarianceSample::iteration)
                .containsExactly(0, 1, 2);
        assertThat(listener.history().verdicts().get(0).isConfirmed()).isTrue();
        assertThat(listener.history().events()).isEmpty();
    }

    @Test
    void counterThatGoesBack_beginsAnew() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);
        Nets.fit(net, VECTORS, 6);
        assertThat(listener.history().events()).isEmpty();
        assertThat(listener.history().periods()).hasSize(1);

        net.getLayerWiseConfigurations().setIterationCount(0);
        Nets.fit(net, VECTORS, 2);

        ScaleInvarianceHistory history = listener.history();
        assertThat(history.verdicts().get(0).checks()).isEqualTo(2);
        assertThat(history.periods()).hasSize(2);
        assertThat(history.events().get(0).reason()).isEqualTo("the iteration counter went back from 5");
        assertThat(history.samples())
                .extracting(ScaleInvarianceSample::iteration)
                .endsWith(5, 0, 1);
    }

    @Test
    void schedule_decidesAndOtherIterationsCostNothing() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener = ScaleInvarianceListener.builder()
                .schedule(SamplingSchedule.everyIterations(3).startingAfter(2))
                .failFast(true)
                .build();
        net.setListeners(listener);

        Nets.fit(net, VECTORS, 10);

        assertThat(listener.history().samples())
                .extracting(ScaleInvarianceSample::iteration)
                .containsExactly(2, 5, 8);
    }

    @Test
    void timeBudget_skipsAndSaysSo() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener = ScaleInvarianceListener.builder()
                .everyIterations(1)
                .timeBudget(1e-9)
                .failFast(true)
                .build();
        net.setListeners(listener);

        Nets.fit(net, VECTORS, 6);

        assertThat(listener.history().samples()).hasSize(2);
        assertThat(listener.history().samples().get(1).iteration()).isEqualTo(5);
        assertThat(listener.history().samples().get(1).failure().get())
                .startsWith("skipped: time budget, 1 measurement");
    }

    @Test
    void truncatedBackpropagation_isSampledPerSegment() {
        MultiLayerNetwork net = recurrent();
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);

        net.fit(sequences());

        assertThat(listener.history().samples())
                .extracting(ScaleInvarianceSample::iteration)
                .containsExactly(0, 1, 2);
        assertThat(listener.history().verdicts().get(0).isConfirmed()).isTrue();
    }

    private static MultiLayerNetwork recurrent() {
        NeuralNetConfiguration.ListBuilder list = Nets.settings(new Sgd(0.1))
                .list()
                .layer(Nets.dense("dense", 4).build())
                .layer(Nets.norm("bn"))
                .layer(new LSTM.Builder()
                        .name("lstm")
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(new RnnOutputLayer.Builder()
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build());
        MultiLayerNetwork net = new MultiLayerNetwork(list.setInputType(InputType.recurrent(5))
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(4)
                .build());
        net.init();
        return net;
    }

    private static DataSet sequences() {
        Nd4j.getRandom().setSeed(8);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 6, 2, 12);
        for (int i = 0; i < 6; i++) {
            for (int t = 0; t < 12; t++) {
                labels.putScalar(i, (i + t) % 2, t, 1);
            }
        }
        return new DataSet(Nd4j.randn(DataType.DOUBLE, 6, 5, 12), labels);
    }

    @Test
    void failure_isMarkedAndTrainingGoesOn() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener =
                ScaleInvarianceListener.builder().everyIterations(1).build();
        TrainingListener vandal = new Vandal();
        net.setListeners(vandal, listener);

        try (Logs logs = new Logs()) {
            Nets.fit(net, VECTORS, 4);
            assertThat(logs.warnings())
                    .containsExactly(
                            "scale invariance could not be measured at iteration 1; training goes on. Logged once.");
        }

        assertThat(net.getIterationCount()).isEqualTo(4);
        assertThat(listener.history().samples()).hasSize(4);
        assertThat(listener.history().samples().get(1).failure().get()).startsWith("failed: ");
        assertThat(listener.history().samples().get(3).failure()).isEmpty();
        assertThat(listener.history().table().rows().get(2))
                .contains(1)
                .endsWith(listener.history().samples().get(1).failure().get());
    }

    @Test
    void failFast_throws() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.02);
        net.setListeners(new Vandal(), everyIteration());

        assertThatThrownBy(() -> Nets.fit(net, VECTORS, 4)).isInstanceOf(RuntimeException.class);
        assertThat(net.getIterationCount()).isEqualTo(1);
    }

    /** Hides the gradient of the dense layer's weights at iterations 1 and 2 behind one of another shape. */
    private static final class Vandal extends BaseTrainingListener {
        private INDArray hidden;

        @Override
        public void onGradientCalculation(Model model) {
            MultiLayerNetwork net = (MultiLayerNetwork) model;
            if (net.getIterationCount() == 1 || net.getIterationCount() == 2) {
                hidden = net.gradient().getGradientFor("0_W");
                net.gradient().gradientForVariable().put("0_W", hidden.getRow(0));
            }
        }
    }

    /** A gradient that somebody computed for other data does not stand in for the one of the update. */
    @Test
    void gradientWithoutUpdate_isDropped() {
        MultiLayerNetwork net = Nets.denseNet(new Sgd(0.1), 0.02);
        MultiLayerNetwork twin = Nets.denseNet(new Sgd(0.1), 0.02);
        ScaleInvarianceListener listener = everyIteration();
        ScaleInvarianceListener other = everyIteration();
        net.setListeners(listener);
        twin.setListeners(other);
        DataSet elsewhere = Nets.vectors(99);
        net.setInput(elsewhere.getFeatures());
        net.setLabels(elsewhere.getLabels());
        net.computeGradientAndScore();

        Nets.fit(net, VECTORS, 2);
        Nets.fit(twin, VECTORS, 2);

        assertThat(listener.history().samples()).hasSize(2);
        assertThat(listener.history().samples().get(0).all().get().balance().gradientNorm())
                .isEqualTo(
                        other.history().samples().get(0).all().get().balance().gradientNorm());
    }

    @Test
    void lineSearch_isSampledOncePerIteration() {
        MultiLayerNetwork net = Nets.stack(
                Nets.settings(new Sgd(0.1)).optimizationAlgo(OptimizationAlgorithm.CONJUGATE_GRADIENT),
                InputType.feedForward(5),
                Nets.dense("dense", 7).build(),
                Nets.norm("bn"),
                Nets.output("out"));
        ScaleInvarianceListener listener = everyIteration();
        net.setListeners(listener);
        double norm = net.getParam("0_W").norm2Number().doubleValue();

        Nets.fit(net, VECTORS, 2);

        assertThat(listener.history().samples())
                .extracting(ScaleInvarianceSample::iteration)
                .containsExactly(0, 1);
        assertThat(listener.history().samples().get(0).all().get().balance().weightNorm())
                .isCloseTo(norm, within(1e-12));
    }
}
