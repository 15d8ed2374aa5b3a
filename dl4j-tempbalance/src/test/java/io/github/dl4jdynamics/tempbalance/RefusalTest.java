/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.List;
import java.util.Set;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.SmallMatrices;
import io.github.dl4jdynamics.spectral.rates.LayerRates;
import io.github.dl4jdynamics.spectral.weights.WeightKind;
import io.github.dl4jdynamics.tempbalance.math.LinearMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.listeners.CollectScoresIterationListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Bad input is refused with a sentence that helps, and leaves the network as it was. */
class RefusalTest {

    private static void assertRefusedWithoutATrace(TempBalance balance, Class<?> type, String... message) {
        for (Model net : new Model[] {Networks.stack(new Adam(1e-2)), Networks.graph(new Adam(1e-2))}) {
            CollectScoresIterationListener other = new CollectScoresIterationListener();
            net.setListeners(other);
            Networks.fitBatches(net, 1);
            String json = Networks.json(net);
            int blocks = Networks.blocks(net);

            assertThatThrownBy(() -> balance.attach(net)).isInstanceOf(type).hasMessageContainingAll(message);

            assertThat(Networks.json(net)).isEqualTo(json);
            assertThat(Networks.blocks(net)).isEqualTo(blocks);
            assertThat(listeners(net)).containsExactly(other);
            assertThat(Networks.rate(net, "second", "W")).isEqualTo(1e-2);
        }
    }

    private static Iterable<TrainingListener> listeners(Model net) {
        return net instanceof MultiLayerNetwork
                ? ((MultiLayerNetwork) net).getListeners()
                : ((ComputationGraph) net).getListeners();
    }

    @Test
    void attach_unknownLayerNames_areRefusedWithTheNamesThereAre() {
        assertRefusedWithoutATrace(
                Networks.settings().exclude("second", "dense7").build(),
                IllegalArgumentException.class,
                "layer 'dense7' named in exclude does not exist; the network has [first, norm, second,");
        assertRefusedWithoutATrace(
                Networks.settings().multiplier("dense7", 0.1).build(),
                IllegalArgumentException.class,
                "layer 'dense7' named in multiplier does not exist; the network has [first, norm, second,");
        assertRefusedWithoutATrace(
                Networks.settings().normFollows("bn7", "first").build(),
                IllegalArgumentException.class,
                "layer 'bn7' named in normFollows does not exist; the network has [first, norm, second,");
        assertRefusedWithoutATrace(
                Networks.settings().normFollows("norm", "dense7").build(),
                IllegalArgumentException.class,
                "layer 'dense7' named in normFollows does not exist; the network has [first, norm, second,");
    }

    @Test
    void attach_noEligibleLayer_namesEveryLayersReason() {
        assertRefusedWithoutATrace(
                TempBalance.paper(),
                IllegalArgumentException.class,
                "TempBalance must have at least one layer to tune, got none: {first=first analysed layer",
                "second=",
                "third=",
                "eigenvalues",
                "out=last analysed layer",
                "relax exclusions(..), kinds(..) or esd(..)");
        assertRefusedWithoutATrace(
                Networks.settings().include(layer -> false).build(),
                IllegalArgumentException.class,
                "first=excluded by name, second=excluded by name, third=excluded by name, out=excluded by name");
        assertRefusedWithoutATrace(
                Networks.settings().kinds(Set.of(WeightKind.RECURRENT)).build(),
                IllegalArgumentException.class,
                "got none: no layer has weights of the kinds selected; relax");
    }

    @Test
    void attach_strictWindowsLargerThanEveryLayer_areRefusedWithShapes() {
        assertRefusedWithoutATrace(
                Networks.settings()
                        .esd(FarmsEsd.builder()
                                .smallMatrices(SmallMatrices.STRICT)
                                .build())
                        .build(),
                IllegalArgumentException.class,
                "TempBalance must have at least one layer to tune, got none: {first=",
                "100 x 100",
                "out=");
    }

    @Test
    void attach_measurementThatFails_isThrownAndLeavesNoTrace() {
        assertRefusedWithoutATrace(
                Networks.settings()
                        .assignment(scores -> {
                            throw new IllegalStateException("no such assignment");
                        })
                        .build(),
                IllegalStateException.class,
                "no such assignment");
        assertRefusedWithoutATrace(
                Networks.settings()
                        .fit(spectrum -> {
                            throw new IllegalStateException("no such fit");
                        })
                        .build(),
                IllegalStateException.class,
                "no such fit");
    }

    @Test
    void attach_beforeInit_saysToCallInit() {
        MultiLayerNetwork stack = new MultiLayerNetwork(Networks.stackConf(new Adam(1e-2), DataType.FLOAT));
        ComputationGraph graph = new ComputationGraph(Networks.graphConf(new Adam(1e-2), DataType.FLOAT));
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> Networks.settings().build().attach(stack),
                () -> Networks.settings().build().attach(graph),
                () -> TempBalance.detach(stack),
                () -> TempBalance.detach(graph),
                () -> Networks.settings().build().listener().update(stack))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("the network must be initialised to have ")
                    .hasMessageEndingWith("; call init() first");
        }
        assertThat(stack.getListeners()).isEmpty();
    }

    @Test
    void attach_twoLayersOfOneName_areRefusedByName() {
        MultiLayerNetwork net = Networks.initialised(new NeuralNetConfiguration.Builder()
                .updater(new Adam(1e-2))
                .list()
                .layer(Networks.dense("dense", 9).build())
                .layer(Networks.dense("dense", 8).build())
                .layer(Networks.output("out").build())
                .setInputType(InputType.feedForward(Networks.IN))
                .build());
        String before = Networks.json(net);

        assertThatThrownBy(() -> Networks.settings().build().attach(net))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "layer names must be distinct for layer-wise settings, got 'dense' twice; set others with name(..)");
        assertThat(Networks.json(net)).isEqualTo(before);
    }

    @Test
    void attach_otherModels_areRefusedByName() {
        Model layer = Networks.stack(new Adam(1e-2)).getLayer(0);

        assertThatThrownBy(() -> Networks.settings().build().attach(layer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("TempBalance needs a MultiLayerNetwork or a ComputationGraph, got "
                        + "org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer");
        assertThatThrownBy(() -> Networks.settings().build().attach(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("got null");
        assertThatThrownBy(() -> TempBalance.detach(layer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("TempBalance needs a MultiLayerNetwork or a ComputationGraph");
    }

    @Test
    void attach_twice_isRefusedAndTheFirstGoesOn() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        TempBalanceListener listener = Networks.settings().build().attach(net);
        String json = Networks.json(net);

        assertThatThrownBy(() -> TempBalance.farms().attach(net))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the network already has a TempBalanceListener; call TempBalance.detach(net) before attaching "
                                + "another");
        assertThat(Networks.json(net)).isEqualTo(json);
        Networks.fitEpochs(net, 2, 1);
        assertThat(Networks.iterations(listener.history())).containsExactly(0, 2);
    }

    @Test
    void attach_toFixedMultipliers_isRefusedAndTheyStay() {
        MultiLayerNetwork net = Networks.stack(new Adam(1e-2));
        LayerRates.multiply(net, ImmutableMap.of("third", 0.1));
        String json = Networks.json(net);

        assertThatThrownBy(() -> Networks.settings().build().attach(net))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("layer 'first' already has a fixed multiplier, so a steered rate cannot be installed; call "
                        + "LayerRates.remove(net) first");
        assertThat(Networks.json(net)).isEqualTo(json);
        assertThat(Networks.rate(net, "third", "W")).isEqualTo(0.1 * 1e-2);
    }

    @Test
    void builder_badValues_sayWhatRuleValueRemedy() {
        TempBalanceBuilder builder = TempBalance.builder();
        refused(
                () -> builder.multiplier("fc", -1),
                "multiplier of layer 'fc' must be finite and >= 0, got -1.0; 1 leaves its rate to the spectrum alone");
        refused(
                () -> builder.multiplier("fc", Double.NaN),
                "multiplier of layer 'fc' must be finite and >= 0, got NaN; 1 leaves its rate to the spectrum alone");
        refused(
                () -> builder.multiplier("fc", Double.POSITIVE_INFINITY),
                "multiplier of layer 'fc' must be finite and >= 0, got Infinity; 1 leaves its rate to the spectrum alone");
        refused(
                () -> builder.zeroThreshold(Double.NaN),
                "zeroThreshold must be finite and >= 0, got NaN; 1e-5 is the usual value, 0 keeps all eigenvalues");
        refused(
                () -> builder.zeroThreshold(-1e-5),
                "zeroThreshold must be finite and >= 0, got -1.0E-5; 1e-5 is the usual value, 0 keeps all eigenvalues");
        refused(
                () -> builder.kinds(Set.of()),
                "kinds of weights to score must not be empty; WeightKind.REFERENCE is the default");
        refused(() -> builder.targets(), "targets must not be empty; Target.LEARNING_RATE is the default");
        refused(
                () -> builder.iterationsPerEpoch(0),
                "iterationsPerEpoch must be >= 1, got 0; it is the number of batches in the training data");
        refused(
                () -> builder.skipUnchanged(1),
                "relative change of skipUnchanged must be in [0, 1), got 1.0; 0 measures always, 0.01 is one percent");
        refused(
                () -> builder.skipUnchanged(Double.NaN),
                "relative change of skipUnchanged must be in [0, 1), got NaN; 0 measures always, 0.01 is one percent");
        refused(() -> builder.timeBudget(0), "timeBudget must be > 0, got 0.0; 0.02 allows two percent");
        refused(() -> builder.timeBudget(Double.NaN), "timeBudget must be > 0, got NaN; 0.02 allows two percent");
        refused(
                () -> Background.afterIterations(0),
                "iterations of a background pass must be >= 1, got 0; Background.OFF waits at once");
        refused(
                () -> builder.skipUnchanged(0.1)
                        .background(Background.WHEN_READY)
                        .build(),
                "skipUnchanged and background must not be used together: the training thread would compare weights it should not wait for; drop one");
    }

    @Test
    void builder_valuesOfTheMathFloor_areRefusedThere() {
        assertThatThrownBy(() -> LinearMap.of(1.5, 0.5))
                .hasMessageContaining("1.5 > 0.5")
                .hasMessageContaining("swap");
        assertThatThrownBy(() -> LinearMap.of(0.5, Double.POSITIVE_INFINITY)).hasMessageContaining("finite");
        assertThatThrownBy(() -> TempBalance.builder().smoothing(1)).hasMessageContaining("got 1.0");
        assertThatThrownBy(() -> TempBalance.builder().everyEpochs(0)).hasMessageContaining("everyEpochs must be >= 1");
        assertThatThrownBy(() -> FarmsEsd.builder().aspectRatio(0)).hasMessageContaining("aspectRatio Q");
        assertThatThrownBy(() -> FarmsEsd.builder().aspectRatio(-1)).hasMessageContaining("got -1.0");
    }

    @Test
    void builder_nulls_nameTheSettingAndADefault() {
        TempBalanceBuilder builder = TempBalance.builder();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> builder.esd(null),
                () -> builder.fit(null),
                () -> builder.solver(null),
                () -> builder.metric(null),
                () -> builder.exclusions(null),
                () -> builder.include(null),
                () -> builder.assignment(null),
                () -> builder.decayAssignment(null),
                () -> builder.blocks(null),
                () -> builder.guards(null),
                () -> builder.schedule(null),
                () -> builder.background(null))) {
            assertThatThrownBy(call)
                    .isInstanceOf(NullPointerException.class)
                    .hasMessageMatching("\\w+ must not be null; .{10,}");
        }
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
