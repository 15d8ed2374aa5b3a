/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

import io.github.dl4jdynamics.ghostbn.GhostBatchNormalization;
import io.github.dl4jdynamics.it.demo.data.ImageData;
import io.github.dl4jdynamics.it.demo.data.ImageShape;
import io.github.dl4jdynamics.it.demo.data.ShapeImages;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.WeightDecay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class SmallResNetTest {
    private static final DataSet BATCH = ShapeImages.generate(20, 10, 1).trainSet();

    @Test
    void build_default_namesLayersAfterTheirPlace() {
        ComputationGraph network = network(SmallResNet.builder());

        assertThat(network.getConfiguration().getVertices().keySet())
                .containsExactlyInAnyOrder(
                        "stem",
                        "stem-bn",
                        "stem-relu",
                        "stage1-conv1",
                        "stage1-bn1",
                        "stage1-relu1",
                        "stage1-conv2",
                        "stage1-bn2",
                        "stage1-add",
                        "stage1-relu2",
                        "stage2-conv1",
                        "stage2-bn1",
                        "stage2-relu1",
                        "stage2-conv2",
                        "stage2-bn2",
                        "stage2-shortcut",
                        "stage2-shortcut-bn",
                        "stage2-add",
                        "stage2-relu2",
                        "stage3-conv1",
                        "stage3-bn1",
                        "stage3-relu1",
                        "stage3-conv2",
                        "stage3-bn2",
                        "stage3-shortcut",
                        "stage3-shortcut-bn",
                        "stage3-add",
                        "stage3-relu2",
                        "pool",
                        "output");
        assertThat(network.getOutputLayer(0)).isInstanceOf(IOutputLayer.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 12})
    void build_width_hasTheParametersCountedByHand(int w) {
        ComputationGraph network = network(
                SmallResNet.builder().shape(ImageShape.of(2, 16, 16)).width(w).classes(5));

        int stem = normalized(9 * 2, w);
        int stage1 = normalized(9 * w, w) + normalized(9 * w, w);
        int stage2 = normalized(9 * w, 2 * w) + normalized(9 * 2 * w, 2 * w) + normalized(w, 2 * w);
        int stage3 = normalized(9 * 2 * w, 4 * w) + normalized(9 * 4 * w, 4 * w) + normalized(2 * w, 4 * w);
        int output = 5 * 4 * w + 5;
        assertThat(network.numParams()).isEqualTo(stem + stage1 + stage2 + stage3 + output);
    }

    @Test
    void build_default_has44734Parameters() {
        assertThat(network(SmallResNet.builder()).numParams()).isEqualTo(44_734);
    }

    @Test
    void output_everyStage_halvesTheSideAndDoublesTheFilters() {
        ComputationGraph network = network(SmallResNet.builder().width(4));

        var activations = network.feedForward(BATCH.getFeatures(), false);

        assertThat(activations.get("stem-relu").shape()).containsExactly(20, 4, 16, 16);
        assertThat(activations.get("stage1-relu2").shape()).containsExactly(20, 4, 16, 16);
        assertThat(activations.get("stage2-relu2").shape()).containsExactly(20, 8, 8, 8);
        assertThat(activations.get("stage3-relu2").shape()).containsExactly(20, 16, 4, 4);
        assertThat(activations.get("pool").shape()).containsExactly(20, 16);
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 28, 33})
    void output_anySide_isADistributionOverTheClasses(int side) {
        ComputationGraph network = network(SmallResNet.builder()
                .shape(ImageShape.of(1, side, side))
                .classes(7)
                .width(2));

        INDArray output = network.outputSingle(Nd4j.rand(3, 1, side, side));

        assertThat(output.shape()).containsExactly(3, 7);
        assertThat(DoubleStream.of(output.sum(1).toDoubleVector()))
                .allSatisfy(sum -> assertThat(sum).isCloseTo(1, within(1e-5)));
    }

    @Test
    void output_untrained_isNearlyUniform() {
        INDArray output = network(SmallResNet.builder()).outputSingle(BATCH.getFeatures());

        assertThat(DoubleStream.of(output.ravel().toDoubleVector()))
                .allSatisfy(p -> assertThat(p).isCloseTo(0.1, within(0.05)));
    }

    @Test
    void fit_oneStep_hasFiniteLossAndMovesEveryLayer() {
        ComputationGraph network = network(SmallResNet.builder().width(4));
        var before = network.paramTable();
        before.replaceAll((name, values) -> values.dup());

        network.fit(BATCH);

        assertThat(network.score()).isFinite().isCloseTo(Math.log(10), within(0.3));
        network.paramTable().forEach((name, values) -> assertThat(values.equals(before.get(name)))
                .as("%s unmoved", name)
                .isFalse());
    }

    @Test
    void fit_aFewPasses_learns() {
        ImageData data = ShapeImages.generate(40, 10, 1);
        ComputationGraph network = network(SmallResNet.builder().width(4).updater(new Adam(0.01)));

        network.fit(data.trainBatches(20, 1), 1);
        double early = network.score();
        network.fit(data.trainBatches(20, 2), 29);

        assertThat(network.score()).isLessThan(0.5 * early);
    }

    @Test
    void fit_withoutCache_givesTheSameParameters() {
        ComputationGraph cached = network(SmallResNet.builder().width(4));
        ComputationGraph plain = network(SmallResNet.builder().width(4));
        plain.setCacheMode(CacheMode.NONE);
        plain.getConfiguration().setCacheMode(CacheMode.NONE);

        for (int step = 0; step < 3; step++) {
            cached.fit(BATCH);
            plain.fit(BATCH);
        }

        assertThat(cached.params().toDoubleVector())
                .containsExactly(plain.params().toDoubleVector());
    }

    @Test
    void seed_same_givesTheSameWeights() {
        INDArray weights = network(SmallResNet.builder().seed(5)).params();

        assertThat(network(SmallResNet.builder().seed(5)).params()).isEqualTo(weights);
        assertThat(network(SmallResNet.builder().seed(6)).params()).isNotEqualTo(weights);
    }

    @Test
    void weights_convolutions_haveHesVariance() {
        INDArray weights = network(SmallResNet.builder().width(16))
                .getLayer("stage3-conv2")
                .getParam("W");

        assertThat(weights.varNumber().doubleValue()).isCloseTo(2.0 / (9 * 64), within(2e-4));
        assertThat(weights.meanNumber().doubleValue()).isCloseTo(0, within(2e-3));
    }

    @Test
    void weightDecay_given_isOnEveryWeightLayerOnce() {
        ComputationGraphConfiguration configuration =
                SmallResNet.builder().weightDecay(5e-4).build();

        List<BaseLayer> layers = weightLayers(configuration);

        assertThat(layers).hasSize(10);
        assertThat(layers).allSatisfy(layer -> assertThat(layer.getRegularization())
                .containsExactly(new WeightDecay(5e-4, true)));
        assertThat(weightLayers(SmallResNet.builder().build()))
                .allSatisfy(layer -> assertThat(layer.getRegularization()).isEmpty());
    }

    @Test
    void configuration_throughJson_isTheSame() {
        ComputationGraphConfiguration configuration =
                SmallResNet.builder().weightDecay(5e-4).updater(new Adam(0.01)).build();

        assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
                .isEqualTo(configuration);
    }

    @Test
    void normalization_given_isUsedAfterEveryConvolution() {
        ComputationGraphConfiguration configuration = SmallResNet.builder()
                .normalization(GhostBatchNormalization::new)
                .build();

        List<Layer> layers = configuration.getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
                .collect(Collectors.toList());
        assertThat(layers)
                .filteredOn(BatchNormalization.class::isInstance)
                .hasSize(9)
                .hasOnlyElementsOfType(GhostBatchNormalization.class);
    }

    @Test
    void settings_outOfRange_areRefused() {
        SmallResNet.Builder builder = SmallResNet.builder();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.shape(ImageShape.of(3, 7, 32)))
                .withMessage("shape of SmallResNet's images must be at least 8 x 8 pixels (three strides of 2),"
                        + " got 3 x 7 x 32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.classes(1))
                .withMessage("classes of SmallResNet must be >= 2, got 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.width(0))
                .withMessage("width of SmallResNet must be >= 1 filter, got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.weightDecay(Double.NaN))
                .withMessage("weightDecay of SmallResNet must be in [0, 1), got NaN; 0 switches it off");
    }

    private static ComputationGraph network(SmallResNet.Builder builder) {
        ComputationGraph network = new ComputationGraph(builder.build());
        network.init();
        return network;
    }

    private static List<BaseLayer> weightLayers(ComputationGraphConfiguration configuration) {
        return configuration.getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
                .filter(layer -> layer instanceof ConvolutionLayer || layer instanceof OutputLayer)
                .map(BaseLayer.class::cast)
                .collect(Collectors.toList());
    }

    /** A convolution without bias and its batch normalization: gamma, beta, mean, variance. */
    private static int normalized(int fanIn, int filters) {
        return fanIn * filters + 4 * filters;
    }
}
