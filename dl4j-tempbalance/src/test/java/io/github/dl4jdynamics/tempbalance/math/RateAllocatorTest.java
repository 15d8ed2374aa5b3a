/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.ArrayList;
import java.util.List;

import com.google.common.primitives.Doubles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

class RateAllocatorTest {

    private static final double NAN = Double.NaN;

    @ParameterizedTest
    @ValueSource(strings = {"tempbalance", "farms"})
    void allocate_scoresOfTheEndToEndVector_equalReleasedCode(String method) {
        JsonNode vector = GoldenVector.read("tempbalance-07-end-to-end");
        JsonNode expected = vector.get("expected").get(method);
        RateAssignment assignment = LinearMap.of(
                expected.get("settings").get("lr_min_ratio").asDouble(),
                expected.get("settings").get("lr_max_ratio").asDouble());

        RateAllocation allocation = RateAllocator.builder()
                .assignment(assignment)
                .build()
                .allocate(scores(expected.get("alphas"), "conv2", "fc1", "fc2"));

        checkRates(vector, allocation, expected.get("scheduled_lr"));
    }

    @Test
    void allocate_sigmoidOnTheEndToEndVector_equalsReleasedCode() {
        JsonNode vector = GoldenVector.read("tempbalance-07-end-to-end");
        JsonNode alphas = vector.get("expected").get("tempbalance").get("alphas");

        RateAllocation allocation = RateAllocator.builder()
                .assignment(SigmoidMap.of(10, 1, 1))
                .build()
                .allocate(scores(alphas, "conv2", "fc1", "fc2"));

        checkRates(
                vector,
                allocation,
                vector.get("expected").get("tb_sigmoid_on_tempbalance_alphas").get("scheduled_lr"));
    }

    private static void checkRates(JsonNode vector, RateAllocation allocation, JsonNode expected) {
        double base = vector.get("settings").get("untuned_lr").asDouble();
        double tolerance = vector.get("tolerance").get("double_rel").asDouble();
        assertThat(allocation.factors()).hasSize(expected.size());
        allocation.factors().forEach((layer, factor) -> assertThat(base * factor)
                .as(layer)
                .isCloseTo(expected.get(layer).asDouble(), withinPercentage(100 * tolerance)));
    }

    private static List<LayerScore> scores(JsonNode alphas, String... layers) {
        List<LayerScore> scores = new ArrayList<>();
        for (String layer : layers) {
            scores.add(LayerScore.of(layer, alphas.get(layer).asDouble()));
        }
        return scores;
    }

    @Test
    void allocate_transformerBlocks_equalReleasedCode() {
        JsonNode expected =
                GoldenVector.read("tempbalance-04-tb-sigmoid").get("expected").get("block");
        List<LayerScore> scores = new ArrayList<>();
        for (int i = 0; i < expected.get("names").size(); i++) {
            scores.add(LayerScore.of(
                    expected.get("names").get(i).asText(),
                    expected.get("alphas").get(i).asDouble()));
        }

        RateAllocation allocation = RateAllocator.builder()
                .assignment(SigmoidMap.of(10, 2, 1))
                .blocks(Blocks.byFirstDottedInteger())
                .build()
                .allocate(scores);

        double[] rates = Expect.times(
                Doubles.toArray(allocation.factors().values()),
                expected.get("base_lr").asDouble());
        Expect.close(rates, GoldenVector.doubles(expected.get("lr")), 1e-9);
        RateAllocation.Layer classifier = allocation.layers().get(8);
        assertThat(classifier.block()).isEmpty();
        assertThat(classifier.factor()).isEqualTo(1);
        assertThat(classifier.note()).isEqualTo("in no block: base rate");
        assertThat(allocation.layers().get(6).block()).contains("10");
    }

    @Test
    void allocate_defaults_areTempBalance() {
        assertThat(RateAllocator.builder().build())
                .hasToString("allocator(linear(minRatio=0.5, maxRatio=1.5), per layer, smoothing=0.0,"
                        + " guards(minSpread=0.0, minSpreadInStandardErrors=0.0, clamp=0.0..Infinity,"
                        + " maxChange=Infinity))");
    }

    @Test
    void allocate_noLayer_isEmpty() {
        RateAllocation allocation = RateAllocator.builder().build().allocate(List.of());

        assertThat(allocation.layers()).isEmpty();
        assertThat(allocation.spreadWeight()).isEqualTo(1);
    }

    @Test
    void allocate_oneLayer_keepsTheBaseRate() {
        RateAllocation allocation = RateAllocator.builder().build().allocate(List.of(LayerScore.of("fc", 9)));

        assertThat(allocation.factors()).containsEntry("fc", 1.0);
    }

    @Test
    void allocate_twoLayers_getBothRatios() {
        RateAllocation allocation =
                RateAllocator.builder().build().allocate(List.of(LayerScore.of("b", 3), LayerScore.of("a", 2)));

        assertThat(allocation.factors()).containsEntry("a", 0.5).containsEntry("b", 1.5);
        assertThat(allocation.factors().keySet()).containsExactly("b", "a");
    }

    @Test
    void allocate_allUnusable_keepsTheBaseRateAndSaysSo() {
        RateAllocation allocation = RateAllocator.builder()
                .build()
                .allocate(List.of(LayerScore.of("a", NAN), LayerScore.of("b", Double.POSITIVE_INFINITY)));

        assertThat(allocation.factors().values()).containsOnly(1.0);
        assertThat(allocation.layers())
                .extracting(RateAllocation.Layer::note)
                .containsOnly("no usable score: base rate");
        assertThat(allocation.layers())
                .extracting(RateAllocation.Layer::smoothedScore)
                .containsOnly(NAN);
    }

    @Test
    void allocate_unusableLayer_keepsItsAverageForLaterAndTakesNoPart() {
        RateAllocation allocation = RateAllocator.builder()
                .smoothing(0.5)
                .build()
                .allocate(List.of(
                        LayerScore.of("a", 2).previousSmoothedScore(4),
                        LayerScore.of("b", NAN).previousSmoothedScore(50),
                        LayerScore.of("c", 7)));

        RateAllocation.Layer b = allocation.layers().get(1);
        assertThat(b.score()).isNaN();
        assertThat(b.smoothedScore()).isEqualTo(50);
        assertThat(b.factor()).isEqualTo(1);
        assertThat(allocation.layers().get(0).smoothedScore()).isEqualTo(3);
        assertThat(allocation.factors()).containsEntry("a", 0.5).containsEntry("c", 1.5);
    }

    @Test
    void allocate_smoothing_assignsByTheAverages() {
        RateAllocation allocation = RateAllocator.builder()
                .smoothing(0.9)
                .build()
                .allocate(List.of(
                        LayerScore.of("a", 9).previousSmoothedScore(2),
                        LayerScore.of("b", 1.5).previousSmoothedScore(4)));

        assertThat(allocation.factors()).containsEntry("a", 0.5).containsEntry("b", 1.5);
    }

    @Test
    void allocate_unusableMemberOfABlock_getsTheBlocksFactor() {
        RateAllocation allocation = RateAllocator.builder()
                .blocks(Blocks.byPattern("^(b\\d)-"))
                .build()
                .allocate(List.of(
                        LayerScore.of("b1-x", 2),
                        LayerScore.of("b1-y", NAN),
                        LayerScore.of("b2-x", 3),
                        LayerScore.of("b3-x", NAN)));

        RateAllocation.Layer member = allocation.layers().get(1);
        assertThat(member.factor()).isEqualTo(0.5);
        assertThat(member.note()).isEqualTo("no usable score: factor of block b1");
        RateAllocation.Layer alone = allocation.layers().get(3);
        assertThat(alone.block()).contains("b3");
        assertThat(alone.factor()).isEqualTo(1);
        assertThat(alone.note()).isEqualTo("no usable score: base rate");
    }

    @Test
    void allocate_allGuards_applyInOrderAndAreNoted() {
        RateAllocator allocator = RateAllocator.builder()
                .guards(Guards.builder()
                        .minSpread(2)
                        .clamp(0.8, 1.125)
                        .maxChange(1.1)
                        .build())
                .build();

        RateAllocation allocation = allocator.allocate(List.of(
                LayerScore.of("low", 2),
                LayerScore.of("mid", 2.5),
                LayerScore.of("high", 3).previousFactor(1.0),
                LayerScore.of("dead", NAN).previousFactor(2.0)));

        assertThat(allocation.spreadWeight()).isEqualTo(0.5);
        assertThat(allocation.layers())
                .extracting(RateAllocation.Layer::assignedFactor)
                .containsExactly(0.5, 1.0, 1.5, 1.0);
        assertThat(allocation.factors().get("low")).isEqualTo(0.8);
        assertThat(allocation.factors().get("mid")).isEqualTo(1);
        assertThat(allocation.factors().get("high")).isCloseTo(1.1, within(1e-15));
        assertThat(allocation.factors().get("dead")).isCloseTo(2 / 1.1, within(1e-15));
        assertThat(allocation.layers())
                .extracting(RateAllocation.Layer::note)
                .containsExactly(
                        "clamped from 0.75",
                        "",
                        "clamped from 1.25; change limited, wanted 1.125",
                        "no usable score: base rate; change limited, wanted 1.0");
    }

    @Test
    void allocate_standardErrors_reachTheSpreadGuard() {
        RateAllocator allocator = RateAllocator.builder()
                .guards(Guards.builder().minSpreadInStandardErrors(4).build())
                .build();

        RateAllocation allocation = allocator.allocate(List.of(
                LayerScore.of("a", 2).standardError(0.5), LayerScore.of("b", 3).standardError(0.5)));

        assertThat(allocation.spreadWeight()).isEqualTo(0.5);
        assertThat(allocation.factors()).containsEntry("a", 0.75).containsEntry("b", 1.25);
    }

    @Test
    void allocate_nameTwice_isRefused() {
        assertThatThrownBy(() ->
                        RateAllocator.builder().build().allocate(List.of(LayerScore.of("a", 2), LayerScore.of("a", 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("names of the layers must be distinct, got 'a' twice; add the layer's index to the name");
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 0, -1})
    void allocate_assignmentReturnsNoRate_isRefused(double factor) {
        RateAllocator allocator = RateAllocator.builder()
                .assignment(scores -> new double[] {1, factor})
                .build();

        assertThatThrownBy(() -> allocator.allocate(List.of(LayerScore.of("a", 2), LayerScore.of("b", 3))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(" must be finite and > 0, got " + factor + " for the scores [2.0, 3.0];");
    }

    @Test
    void allocate_assignmentReturnsTooFewFactors_isRefused() {
        RateAllocator allocator =
                RateAllocator.builder().assignment(scores -> new double[] {1}).build();

        assertThatThrownBy(() -> allocator.allocate(List.of(LayerScore.of("a", 2), LayerScore.of("b", 3))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must return one factor per score, got 1 for 2;");
    }

    @Test
    void toString_allocation_hasOneLinePerLayer() {
        RateAllocation allocation = RateAllocator.builder()
                .build()
                .allocate(List.of(LayerScore.of("a", 2), LayerScore.of("b", 3), LayerScore.of("c", NAN)));

        assertThat(allocation)
                .hasToString("a: score 2.0 (smoothed 2.0) -> factor 0.5\n"
                        + "b: score 3.0 (smoothed 3.0) -> factor 1.5\n"
                        + "c: score NaN (smoothed NaN) -> factor 1.0 [no usable score: base rate]");
    }
}
