/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.dl4jdynamics.lca.math.PathRule;
import io.github.dl4jdynamics.lca.math.PathRules;
import io.github.dl4jdynamics.spectral.oracle.BatchNormalizationMode;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;

import static org.assertj.core.api.Assertions.assertThat;

/** Training with the listener is bit-identical to training without it, and other listeners see the same. */
class PurityTest {
    private static final DataSet DATA = Nets.rows(12, 5);

    /** Writes down everything that a listener can see. */
    private static final class Witness extends BaseTrainingListener {
        private final List<String> events = new ArrayList<>();

        private void note(String what, INDArray values) {
            events.add(what + " " + Arrays.hashCode(Nets.values(values)));
        }

        @Override
        public void onEpochStart(Model model) {
            events.add("epoch");
        }

        @Override
        public void onForwardPass(Model model, List<INDArray> activations) {
            activations.forEach(activation -> note("activation", activation));
        }

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            new TreeMap<>(activations).forEach((name, activation) -> note("activation of " + name, activation));
        }

        @Override
        public void onBackwardPass(Model model) {
            note("backward", model.gradient().gradient());
        }

        @Override
        public void onGradientCalculation(Model model) {
            note("gradient", model.gradient().gradient());
            events.add("batch of " + model.batchSize() + ", score " + model.score());
        }

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            new TreeMap<>(model.gradient().gradientForVariable())
                    .forEach((key, value) -> note("update of " + key, value));
            note("input", model.input());
            note("parameters", model.params());
            note("updater state", Nets.updaterState(model));
            events.add(iteration + " of epoch " + epoch + ", score " + model.score());
        }

        @Override
        public void onEpochEnd(Model model) {
            events.add("epoch end, score " + model.score());
        }
    }

    private static final class Run {
        private final List<String> events;
        private final double[] parameters;
        private final double[] state;
        private final double[] random;

        Run(Supplier<Model> nets, Consumer<Model> training, LossChangeAllocationListener before, boolean after) {
            Model net = nets.get();
            Witness witness = new Witness();
            TrainingListener[] listeners = before == null
                    ? new TrainingListener[] {witness}
                    : after ? new TrainingListener[] {witness, before} : new TrainingListener[] {before, witness};
            net.setListeners(listeners);
            Nd4j.getRandom().setSeed(7);
            training.accept(net);
            events = witness.events;
            parameters = Nets.values(net.params());
            state = Nets.values(Nets.updaterState(net));
            random = Nets.values(Nd4j.randn(1, 9));
        }

        void assertSame(Run plain) {
            assertThat(events).isEqualTo(plain.events);
            assertThat(parameters).isEqualTo(plain.parameters);
            assertThat(state).isEqualTo(plain.state);
            assertThat(random).isEqualTo(plain.random);
        }
    }

    /** Everything that draws random numbers or changes gradients. */
    private static Model noisy(boolean graph, WorkspaceMode workspaces) {
        NeuralNetConfiguration.Builder base = Nets.base(new Adam(0.05))
                .dataType(DataType.FLOAT) // DL4J-M2.1: RReLU knows no other
                .trainingWorkspaceMode(workspaces)
                .inferenceWorkspaceMode(workspaces);
        return Nets.net(
                graph,
                base,
                InputType.feedForward(Nets.IN),
                new DenseLayer.Builder()
                        .nOut(6)
                        .dropOut(0.6)
                        .weightNoise(new DropConnect(0.8))
                        .activation(Activation.RRELU)
                        .l2(0.02)
                        .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(0.5)
                        .build(),
                new BatchNormalization.Builder().build(),
                new DenseLayer.Builder()
                        .nOut(5)
                        .weightDecay(0.01)
                        .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                        .gradientNormalizationThreshold(0.1)
                        .build(),
                Nets.output());
    }

    private static Model recurrent(boolean graph, int truncated) {
        return Nets.net(
                graph,
                truncated,
                Nets.base(new Adam(0.05)),
                InputType.recurrent(Nets.IN),
                new LSTM.Builder().nOut(4).dropOut(0.7).build(),
                new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    private static LossChangeAllocationBuilder builder() {
        return LossChangeAllocationListener.builder(
                        LossData.of(Nets.rows(15, 9)).batches(6))
                .failFast(true);
    }

    private static void assertPure(
            Supplier<Model> nets, Consumer<Model> training, LossChangeAllocationBuilder... builders) {
        Run plain = new Run(nets, training, null, false);
        boolean after = false;
        for (LossChangeAllocationBuilder builder : builders) {
            LossChangeAllocationListener lca = builder.build();

            Run observed = new Run(nets, training, lca, after);

            observed.assertSame(plain);
            assertThat(lca.history().steps()).isNotEmpty().allMatch(AllocationStep::isAllocated);
            after = !after;
        }
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(false, WorkspaceMode.ENABLED),
                Arguments.of(true, WorkspaceMode.ENABLED),
                Arguments.of(false, WorkspaceMode.NONE),
                Arguments.of(true, WorkspaceMode.NONE));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void noisyNetwork_isTrainedAsWithoutTheListener(boolean graph, WorkspaceMode workspaces) {
        assertPure(
                () -> noisy(graph, workspaces),
                net -> Nets.fit(net, Nets.batches(DATA, 5), 2),
                builder(),
                builder()
                        .batchNormalization(BatchNormalizationMode.RUNNING_STATISTICS)
                        .regularization(true));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everySetting_leavesTrainingAlone(boolean graph) {
        long parameters = noisy(graph, WorkspaceMode.ENABLED).numParams();
        INDArray basis = Nd4j.eye(parameters).get(NDArrayIndex.interval(0, 3));

        assertPure(
                () -> noisy(graph, WorkspaceMode.ENABLED),
                net -> Nets.updates(net, 3),
                builder().validation(LossData.of(Nets.rows(7, 3))).perClass(true),
                builder().basis(basis).counts(false),
                builder().everyIterations(2),
                builder().timeBudget(1e-9).onStep(detail -> detail.units(0)));
    }

    static Stream<PathRule> rules() {
        return Stream.of(
                PathRules.left(),
                PathRules.right(),
                PathRules.midpoint(),
                PathRules.trapezoid(),
                PathRules.simpson(),
                PathRules.composite(6),
                PathRules.adaptive(1e-9, 1e-12, 4),
                PathRules.reference());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyRule_leavesTrainingAlone(PathRule rule) {
        assertPure(
                () -> noisy(false, WorkspaceMode.ENABLED),
                net -> Nets.updates(net, 2),
                builder().rule(rule));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyFormOfFit_leavesTrainingAlone(boolean graph) {
        DataSet batch = Nets.rows(6, 8);
        Consumer<Model> training = net -> {
            Nets.fit(net, batch);
            if (graph) {
                ((ComputationGraph) net).fit(new INDArray[] {batch.getFeatures()}, new INDArray[] {batch.getLabels()});
                ((ComputationGraph) net).fit(batch.toMultiDataSet());
            } else {
                ((MultiLayerNetwork) net).fit(batch.getFeatures(), batch.getLabels());
            }
            Nets.fit(net, Nets.batches(DATA, 6), 1);
        };

        assertPure(() -> noisy(graph, WorkspaceMode.ENABLED), training, builder(), builder());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void maskedAndTruncatedSequences_areTrainedAsWithoutTheListener(boolean graph) {
        DataSet sequences = Nets.sequences(4, 6, 3);
        LossData data = LossData.of(Nets.sequences(5, 6, 4));
        for (int truncated : new int[] {0, 3}) {
            assertPure(
                    () -> recurrent(graph, truncated),
                    net -> {
                        Nets.fit(net, sequences);
                        Nets.fit(net, sequences);
                    },
                    LossChangeAllocationListener.builder(data).failFast(true),
                    LossChangeAllocationListener.builder(data)
                            .validation(LossData.of(sequences))
                            .failFast(true));
        }
    }

    @Test
    void twoListeners_doNotSeeEachOther() {
        Consumer<Model> training = net -> Nets.updates(net, 3);
        LossChangeAllocationListener alone = builder().build();
        Run plain = new Run(() -> noisy(false, WorkspaceMode.ENABLED), training, alone, false);
        LossChangeAllocationListener first = builder().build();
        LossChangeAllocationListener second = builder().build();

        Run observed = new Run(
                () -> noisy(false, WorkspaceMode.ENABLED),
                net -> {
                    ((MultiLayerNetwork) net).addListeners(second);
                    training.accept(net);
                },
                first,
                true);

        observed.assertSame(plain);
        assertThat(first.history().parameterTotals(0)).isEqualTo(alone.history().parameterTotals(0));
        assertThat(second.history().parameterTotals(0))
                .isEqualTo(alone.history().parameterTotals(0));
    }

    @Test
    void earlyStopping_isUndisturbed() {
        Consumer<Model> stack = net -> new EarlyStoppingTrainer(
                        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                                .scoreCalculator(new DataSetLossCalculator(Nets.batches(DATA, 12), true))
                                .build(),
                        (MultiLayerNetwork) net,
                        Nets.batches(DATA, 6))
                .fit();
        Consumer<Model> graph = net -> new EarlyStoppingGraphTrainer(
                        new EarlyStoppingConfiguration.Builder<ComputationGraph>()
                                .epochTerminationConditions(new MaxEpochsTerminationCondition(2))
                                .scoreCalculator(new DataSetLossCalculator(Nets.batches(DATA, 12), true))
                                .build(),
                        (ComputationGraph) net,
                        Nets.batches(DATA, 6))
                .fit();

        assertPure(() -> noisy(false, WorkspaceMode.ENABLED), stack, builder());
        assertPure(() -> noisy(true, WorkspaceMode.ENABLED), graph, builder());
    }
}
