/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

class RateAllocatorPropertiesTest {

    @Property
    void allocate_layersWithoutUsableScore_changeNothingForTheOthers(
            @ForAll("allocators") RateAllocator allocator, @ForAll("layers") List<LayerScore> layers) {
        List<LayerScore> usable = layers.stream().filter(LayerScore::isUsable).collect(Collectors.toList());

        RateAllocation withThem = allocator.allocate(layers);
        RateAllocation without = allocator.allocate(usable);

        without.factors()
                .forEach((layer, factor) ->
                        assertThat(withThem.factors().get(layer)).as(layer).isEqualTo(factor));
        assertThat(withThem.spreadWeight()).isEqualTo(without.spreadWeight());
    }

    @Property
    void allocate_anyLayers_givesPositiveFiniteFactorsInOrder(
            @ForAll("allocators") RateAllocator allocator, @ForAll("layers") List<LayerScore> layers) {
        RateAllocation allocation = allocator.allocate(layers);

        assertThat(allocation.layers())
                .extracting(RateAllocation.Layer::name)
                .isEqualTo(layers.stream().map(LayerScore::layer).collect(Collectors.toList()));
        assertThat(allocation.layers()).allSatisfy(layer -> {
            assertThat(layer.factor()).isPositive().isFinite();
            assertThat(layer.assignedFactor()).isPositive().isFinite();
        });
    }

    @Property
    void allocate_membersOfABlock_getOneAssignedFactor(
            @ForAll("allocators") RateAllocator allocator, @ForAll("layers") List<LayerScore> layers) {
        RateAllocation allocation = allocator.allocate(layers);

        allocation.layers().stream()
                .filter(layer -> layer.block().isPresent())
                .collect(Collectors.groupingBy(RateAllocation.Layer::block))
                .values()
                .forEach(members -> assertThat(members)
                        .extracting(RateAllocation.Layer::assignedFactor)
                        .containsOnly(members.get(0).assignedFactor()));
    }

    /** The last digit of a name is the layer's block; names without one are in no block. */
    @Provide
    Arbitrary<RateAllocator> allocators() {
        Arbitrary<RateAssignment> assignments = Arbitraries.of(
                LinearMap.of(0.5, 1.5),
                LinearMap.upperBoundWhenEqual(0.1, 1.9).normalized(),
                RankMap.layerOrderWhenEqual(0.5, 1.5),
                SqrtMap.create(),
                Log2Map.create(),
                SigmoidMap.of(10, 2, 1));
        Arbitrary<Blocks> blocks = Arbitraries.of(Blocks.perLayer(), Blocks.byPattern("-(\\d)$"));
        Arbitrary<Guards> guards = Arbitraries.of(
                Guards.none(),
                Guards.builder()
                        .minSpread(0.5)
                        .minSpreadInStandardErrors(8)
                        .clamp(0.6, 1.3)
                        .maxChange(1.2)
                        .build());
        return Combinators.combine(assignments, blocks, guards, Arbitraries.of(0.0, 0.7))
                .as((assignment, block, guard, beta) -> RateAllocator.builder()
                        .assignment(assignment)
                        .blocks(block)
                        .guards(guard)
                        .smoothing(beta)
                        .build());
    }

    @Provide
    Arbitrary<List<LayerScore>> layers() {
        Arbitrary<Double> unusable = Arbitraries.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        Arbitrary<Double> usable = Arbitraries.doubles().between(1.1, 9).ofScale(2);
        Arbitrary<Double> errors = Arbitraries.oneOf(
                Arbitraries.just(Double.NaN), Arbitraries.doubles().between(0, 1));
        Arbitrary<Double> smoothed = Arbitraries.oneOf(Arbitraries.just(Double.NaN), usable);
        Arbitrary<Double> factors = Arbitraries.oneOf(
                Arbitraries.just(Double.NaN), Arbitraries.doubles().between(0.3, 3));
        Arbitrary<LayerScore> layer = Combinators.combine(
                        Arbitraries.of("-0", "-1", "-2", ""),
                        Arbitraries.oneOf(usable, usable, unusable),
                        errors,
                        smoothed,
                        factors)
                .as((suffix, score, error, average, factor) -> LayerScore.of(suffix, score)
                        .standardError(error)
                        .previousSmoothedScore(average)
                        .previousFactor(factor));
        return layer.withoutEdgeCases().list().ofMaxSize(12).map(RateAllocatorPropertiesTest::numbered);
    }

    private static List<LayerScore> numbered(List<LayerScore> layers) {
        List<LayerScore> numbered = new ArrayList<>();
        for (LayerScore layer : layers) {
            numbered.add(LayerScore.of("layer" + numbered.size() + "x" + layer.layer(), layer.score())
                    .standardError(layer.standardError())
                    .previousSmoothedScore(layer.previousSmoothedScore())
                    .previousFactor(layer.previousFactor()));
        }
        return numbered;
    }
}
