/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.tempbalance.math.ExclusionRules.Order;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static io.github.dl4jdynamics.tempbalance.math.AnalysedLayer.convolution;
import static io.github.dl4jdynamics.tempbalance.math.AnalysedLayer.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ExclusionRulesTest {

    /** A small convolution and a small linear layer at either end. */
    private static final List<AnalysedLayer> NETWORK = List.of(
            linear("embed", 3),
            convolution("stem", 3),
            convolution("conv", 90),
            convolution("depthwise", 9),
            linear("fc1", 100),
            linear("fc2", 100),
            linear("head", 2));

    @Test
    void select_smallLayersAfterFirstAndLast_countsAllAnalysedLayers() {
        LayerSelection selection = select(Order.SMALL_LAYERS_AFTER_FIRST_AND_LAST);

        assertThat(selection.kept()).containsExactly("conv", "fc1", "fc2");
        assertThat(selection.excluded())
                .containsExactly(
                        Map.entry("embed", "first analysed layer"),
                        Map.entry("stem", "3 eigenvalues, fewer than 50"),
                        Map.entry("depthwise", "9 eigenvalues, fewer than 50"),
                        Map.entry("head", "last analysed layer"));
    }

    @Test
    void select_smallLayersBeforeFirstAndLast_countsTheRest() {
        LayerSelection selection = select(Order.SMALL_LAYERS_BEFORE_FIRST_AND_LAST);

        assertThat(selection.kept()).containsExactly("fc1");
        assertThat(selection.excluded())
                .containsEntry("conv", "first analysed layer after small ones were excluded")
                .containsEntry("fc2", "last analysed layer after small ones were excluded")
                .containsEntry("head", "2 eigenvalues, fewer than 50");
        assertThat(selection.excluded().keySet()).containsExactly("embed", "stem", "conv", "depthwise", "fc2", "head");
    }

    @Test
    void select_smallLinearBeforeSmallConvolutionsAfter_countsConvolutionsOfAnySize() {
        LayerSelection selection = select(Order.SMALL_LINEAR_BEFORE_SMALL_CONVOLUTIONS_AFTER_FIRST_AND_LAST);

        assertThat(selection.kept()).containsExactly("conv", "fc1");
        assertThat(selection.excluded())
                .containsEntry("stem", "first analysed layer after small ones were excluded")
                .containsEntry("depthwise", "9 eigenvalues, fewer than 50")
                .containsEntry("fc2", "last analysed layer after small ones were excluded");
    }

    private static LayerSelection select(Order order) {
        return ExclusionRules.builder().order(order).build().select(NETWORK);
    }

    @Test
    void select_networkOfTheEndToEndVector_keepsItsTunedLayers() {
        List<AnalysedLayer> wholeMatrices = List.of(
                convolution("conv1", 27),
                convolution("conv2", 72),
                linear("fc1", 24),
                linear("fc2", 20),
                linear("head", 10));
        List<AnalysedLayer> windows = List.of(
                convolution("conv1", 54),
                convolution("conv2", 144),
                linear("fc1", 128),
                linear("fc2", 128),
                linear("head", 96));

        LayerSelection tempBalance =
                ExclusionRules.builder().minEigenvalues(12).build().select(wholeMatrices);
        LayerSelection farms = ExclusionRules.builder()
                .minEigenvalues(5)
                .order(Order.SMALL_LINEAR_BEFORE_SMALL_CONVOLUTIONS_AFTER_FIRST_AND_LAST)
                .build()
                .select(windows);

        JsonNode expected = GoldenVector.read("tempbalance-07-end-to-end").get("expected");
        assertThat(tempBalance.kept()).isEqualTo(tunedLayers(expected.get("tempbalance")));
        assertThat(farms.kept()).isEqualTo(tunedLayers(expected.get("farms")));
    }

    private static List<String> tunedLayers(JsonNode expected) {
        return ImmutableList.copyOf(expected.get("scheduled_lr").fieldNames());
    }

    @Test
    void select_transformerWithSmallOutput_dropsTheClassifiersHiddenLayer() {
        List<AnalysedLayer> layers = List.of(
                linear("encoder.layer.0.query", 768),
                linear("encoder.layer.11.output", 768),
                linear("classifier.dense", 768),
                linear("classifier.out_proj", 2));

        LayerSelection selection = ExclusionRules.modelBalancing().select(layers);

        assertThat(selection.kept()).containsExactly("encoder.layer.0.query", "encoder.layer.11.output");
    }

    @Test
    void select_farms_keepsFirstAndLast() {
        LayerSelection selection = ExclusionRules.farms().select(NETWORK);

        assertThat(selection.kept()).containsExactly("conv", "depthwise", "fc1", "fc2");
    }

    @Test
    void select_exactlyEnoughEigenvalues_isKept() {
        ExclusionRules rules =
                ExclusionRules.builder().excludeFirst(false).excludeLast(false).build();

        assertThat(rules.select(List.of(linear("a", 50), linear("b", 49))).kept())
                .containsExactly("a");
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void select_oneOrTwoLayers_areFirstAndLast(Order order) {
        ExclusionRules rules = ExclusionRules.builder().order(order).build();

        assertThat(rules.select(List.of()).kept()).isEmpty();
        assertThat(rules.select(List.of(linear("a", 99))).excluded())
                .containsExactly(Map.entry("a", "first analysed layer"));
        assertThat(rules.select(List.of(linear("a", 99), linear("b", 99))).excluded())
                .containsExactly(Map.entry("a", "first analysed layer"), Map.entry("b", "last analysed layer"));
    }

    @Property
    void select_anyNetwork_equalsNaiveIndexRules(
            @ForAll("networks") List<AnalysedLayer> layers,
            @ForAll boolean first,
            @ForAll boolean last,
            @ForAll Order order) {
        ExclusionRules rules = ExclusionRules.builder()
                .excludeFirst(first)
                .excludeLast(last)
                .minEigenvalues(5)
                .order(order)
                .build();

        LayerSelection selection = rules.select(layers);

        assertThat(selection.kept()).isEqualTo(naive(layers, first, last, order));
        List<String> all = new ArrayList<>(selection.kept());
        all.addAll(selection.excluded().keySet());
        assertThat(all).containsExactlyInAnyOrderElementsOf(names(layers));
    }

    /** Decides for every layer by counting the layers before and behind it that are still there. */
    private static List<String> naive(List<AnalysedLayer> layers, boolean first, boolean last, Order order) {
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            int before = 0;
            int behind = 0;
            for (int j = 0; j < layers.size(); j++) {
                boolean counts = !goesEarly(layers.get(j), order);
                before += counts && j < i ? 1 : 0;
                behind += counts && j > i ? 1 : 0;
            }
            boolean isFirst = first && before == 0;
            boolean isLast = last && behind == 0;
            if (layers.get(i).eigenvalues() >= 5 && !isFirst && !isLast) {
                kept.add(layers.get(i).name());
            }
        }
        return kept;
    }

    private static boolean goesEarly(AnalysedLayer layer, Order order) {
        boolean early = order == Order.SMALL_LAYERS_BEFORE_FIRST_AND_LAST
                || (order == Order.SMALL_LINEAR_BEFORE_SMALL_CONVOLUTIONS_AFTER_FIRST_AND_LAST
                        && !layer.isConvolution());
        return early && layer.eigenvalues() < 5;
    }

    private static List<String> names(List<AnalysedLayer> layers) {
        List<String> names = new ArrayList<>();
        layers.forEach(layer -> names.add(layer.name()));
        return names;
    }

    @Provide
    Arbitrary<List<AnalysedLayer>> networks() {
        Arbitrary<AnalysedLayer> layer = Combinators.combine(
                        Arbitraries.strings().alpha().ofLength(6),
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.of(true, false))
                .as((name, size, conv) -> conv ? convolution(name, size) : linear(name, size));
        return layer.list().uniqueElements(AnalysedLayer::name).ofMaxSize(10);
    }

    @Test
    void select_nameTwice_isRefused() {
        assertThatThrownBy(() -> ExclusionRules.tempBalance().select(List.of(linear("a", 9), convolution("a", 9))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("names of the layers must be distinct, got 'a' twice; add the layer's index to the name");
    }

    @Test
    void settings_outOfRange_areRefused() {
        assertThatThrownBy(() -> ExclusionRules.builder().minEigenvalues(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("minEigenvalues must be >= 0, got -1; 0 excludes no layer, 50 is TempBalance's");
        assertThatThrownBy(() -> linear("a", -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("eigenvalues of layer 'a' must be >= 0, got -1; give the number its spectrum holds");
    }

    @Test
    void toString_presets_showTheirSources() {
        assertThat(ExclusionRules.tempBalance())
                .hasToString("exclusion(excludeFirst=true, excludeLast=true, minEigenvalues=50,"
                        + " order=SMALL_LAYERS_AFTER_FIRST_AND_LAST)");
        assertThat(ExclusionRules.farms())
                .hasToString("exclusion(excludeFirst=false, excludeLast=false, minEigenvalues=5,"
                        + " order=SMALL_LINEAR_BEFORE_SMALL_CONVOLUTIONS_AFTER_FIRST_AND_LAST)");
        assertThat(ExclusionRules.modelBalancing())
                .hasToString("exclusion(excludeFirst=false, excludeLast=true, minEigenvalues=50,"
                        + " order=SMALL_LAYERS_BEFORE_FIRST_AND_LAST)");
    }
}
