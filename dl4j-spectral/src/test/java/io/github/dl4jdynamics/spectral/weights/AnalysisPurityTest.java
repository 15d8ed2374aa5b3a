/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.dl4jdynamics.spectral.math.FarmsEsd;
import io.github.dl4jdynamics.spectral.math.MatrixNature;
import io.github.dl4jdynamics.spectral.nd4j.GramSpectra;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Looking at a network changes nothing, to the last bit. */
class AnalysisPurityTest {
    private static final int STEPS = 12;

    @ParameterizedTest
    @CsvSource({"false, FLOAT", "true, FLOAT", "false, DOUBLE", "true, DOUBLE"})
    void training_withAnAnalysisAfterEveryIteration_isBitIdentical(boolean graph, DataType type) {
        Trained alone = train(graph, type, new BaseTrainingListener() {});
        Analysing listener = new Analysing();
        Trained watched = train(graph, type, listener);

        assertThat(listener.reports).hasSize(STEPS);
        assertThat(listener.alphas()).doesNotContain(Double.NaN).doesNotHaveDuplicates();
        assertThat(watched.scores).containsExactly(alone.scores);
        assertThat(watched.parameters).containsExactly(alone.parameters);
        assertThat(watched.updater).containsExactly(alone.updater);
        assertThat(watched.nextRandom).isEqualTo(alone.nextRandom);
        assertThat(watched.listeners).containsExactly(listener);
    }

    @Test
    void report_afterMoreTraining_stillHasTheOldNumbers() {
        MultiLayerNetwork net = Networks.sequence(DataType.FLOAT, Networks.trainableInput(), Networks.trainable());
        SpectrumReport before = WeightSpectrumAnalyzer.create().analyze(net);
        String text = before.toString();
        double[] eigenvalues = before.layers().get(0).spectrum().orElseThrow().toArray();

        net.fit(Networks.batch(0, DataType.FLOAT));

        assertThat(before.toString()).isEqualTo(text);
        assertThat(before.layers().get(0).spectrum().orElseThrow().toArray()).containsExactly(eigenvalues);
        assertThat(WeightSpectrumAnalyzer.create().analyze(net).toString()).isNotEqualTo(text);
    }

    @Test
    void analysisAndSnapshot_insideAWorkspace_leaveNothingInIt() {
        MultiLayerNetwork net = Networks.sequence(DataType.FLOAT16, Networks.trainableInput(), Networks.trainable());
        SpectrumReport outside = WeightSpectrumAnalyzer.create().analyze(net);
        WorkspaceConfiguration settings =
                WorkspaceConfiguration.builder().initialSize(1 << 20).build();

        try (MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(settings, "ANALYSIS_PURITY")) {
            long used = workspace.getPrimaryOffset();
            SpectrumReport inside = WeightSpectrumAnalyzer.create().analyze(net);

            assertThat(inside.toString()).isEqualTo(outside.toString());
            assertThat(LayerWeights.of(net)
                            .get(0)
                            .snapshot()
                            .arrays()
                            .get(0)
                            .values()
                            .isAttached())
                    .isFalse();
            assertThat(LayerWeights.of(net)
                            .get(0)
                            .relativeChangeFrom(LayerWeights.of(net).get(0).snapshot()))
                    .isZero();
            assertThat(workspace.getPrimaryOffset()).isEqualTo(used);
        } finally {
            Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
        }
    }

    @Test
    void weights_asViewsOfAnyOrder_giveTheSameSpectrum() {
        MultiLayerNetwork net = Networks.sequence(DataType.DOUBLE, Networks.trainableInput(), Networks.trainable());
        INDArray live = net.getLayer(0).getParam("W");
        INDArray rowMajor = live.dup('c');
        INDArray strided = Nd4j.create(DataType.DOUBLE, new long[] {2 * live.rows(), live.columns() + 1}, 'c');
        INDArray view = strided.get(
                NDArrayIndex.interval(0, 2, 2L * live.rows()), NDArrayIndex.interval(1, live.columns() + 1L));
        view.assign(live);
        assertThat(live.ordering()).isEqualTo('f');

        List<double[]> spectra = new ArrayList<>();
        for (INDArray values : Arrays.asList(live, rowMajor, view)) {
            assertThat(values).isEqualTo(live);
            WeightArray array =
                    new WeightArray("it", "W", values, MatrixLayout.inOut(WeightKind.DENSE, MatrixNature.LINEAR));
            assertThat(Matrices.of(array).get(0).get(5, 3)).isEqualTo(live.getDouble(3, 5));
            spectra.add(GramSpectra.defaults().of(Matrices.of(array)).get(0).eigenvalues());
        }

        for (double[] spectrum : spectra) {
            assertThat(spectrum).containsExactly(spectra.get(0), within(1e-13));
        }
    }

    private static Trained train(boolean graph, DataType type, TrainingListener listener) {
        Model model = Networks.of(graph, type, Networks.trainableInput(), Networks.trainable());
        Nd4j.getRandom().setSeed(991);
        double[] scores = new double[STEPS];
        for (int step = 0; step < STEPS; step++) {
            if (graph) {
                ((ComputationGraph) model).setListeners(listener);
                ((ComputationGraph) model).fit(Networks.batch(step, type));
            } else {
                ((MultiLayerNetwork) model).setListeners(listener);
                ((MultiLayerNetwork) model).fit(Networks.batch(step, type));
            }
            scores[step] = model.score();
        }
        return new Trained(model, scores);
    }

    private static final class Trained {
        private final double[] scores;
        private final double[] parameters;
        private final double[] updater;
        private final long nextRandom;
        private final List<TrainingListener> listeners;

        Trained(Model model, double[] scores) {
            this.scores = scores;
            nextRandom = Nd4j.getRandom().nextLong();
            parameters = model.params().toDoubleVector();
            boolean graph = model instanceof ComputationGraph;
            INDArray state = graph
                    ? ((ComputationGraph) model).getUpdater().getUpdaterStateViewArray()
                    : ((MultiLayerNetwork) model).getUpdater().getStateViewArray();
            updater = state.reshape(state.length()).toDoubleVector();
            listeners = new ArrayList<>(
                    graph ? ((ComputationGraph) model).getListeners() : ((MultiLayerNetwork) model).getListeners());
        }
    }

    /** Both kinds of pass, after every iteration. */
    private static final class Analysing extends BaseTrainingListener {
        private final List<SpectrumReport> reports = new ArrayList<>();

        @Override
        public void iterationDone(Model model, int iteration, int epoch) {
            reports.add(WeightSpectrumAnalyzer.create().analyze(model));
            WeightSpectrumAnalyzer.builder()
                    .esd(FarmsEsd.builder().windowRows(8).randomWindows(5, 3).build())
                    .build()
                    .analyze(model);
            LayerWeights.of(model).forEach(LayerWeights::snapshot);
        }

        List<Double> alphas() {
            List<Double> alphas = new ArrayList<>();
            reports.forEach(
                    report -> alphas.add(report.layer("first").orElseThrow().alpha()));
            return alphas;
        }
    }
}
