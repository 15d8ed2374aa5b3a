/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.shade.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class BlocksTest {

    @ParameterizedTest
    @CsvSource({
        "encoder.layer.0.attention.self.query, 0",
        "encoder.layer.10.output.dense, 10",
        "stage.3.block.7.conv, 3",
        "a.1.2.b, 1",
        "layer.007.dense, 007",
        "classifier.dense,",
        "0.conv,",
        "conv.0,",
        "conv1.bn2.out,",
        "layer.1a.x,",
        "'',"
    })
    void byFirstDottedInteger_name_givesKey(String name, String key) {
        assertThat(Blocks.byFirstDottedInteger().keyOf(name)).isEqualTo(Optional.ofNullable(key));
    }

    @ParameterizedTest
    @CsvSource({
        "^block(\\d+)-, block3-conv1, 3",
        "^block(\\d+)-, block12-conv1, 12",
        "^block(\\d+)-, head, ",
        "^(stage\\d+_\\d+)_, stage1_0_conv2, stage1_0",
        "^(stage\\d+_\\d+)_, stage2_0_conv2, stage2_0",
        "^(stage\\d+_\\d+)_, stem_conv, ",
        "^(?:res(\\d+)|stem)-, stem-conv, "
    })
    void byPattern_name_givesFirstGroup(String regex, String name, String key) {
        assertThat(Blocks.byPattern(regex).keyOf(name)).isEqualTo(Optional.ofNullable(key));
    }

    @Test
    void byPattern_withoutGroup_isRefused() {
        assertThatThrownBy(() -> Blocks.byPattern("block\\d+"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pattern of the blocks must have a capture group for the block's key, got 'block\\d+';"
                        + " put the part that names the block in parentheses, as in 'block(\\d+)-'");
    }

    @Test
    void byPattern_withSyntaxError_isRefused() {
        assertThatThrownBy(() -> Blocks.byPattern("block(\\d+"))
                .isInstanceOf(PatternSyntaxException.class)
                .hasMessageContaining("block(\\d+");
    }

    @Test
    void by_functionWithNull_isInNoBlock() {
        Map<String, String> keys = Map.of("q", "attention", "k", "attention");

        Blocks blocks = Blocks.by(keys::get);

        assertThat(blocks.keyOf("q")).contains("attention");
        assertThat(blocks.keyOf("head")).isEmpty();
    }

    @Test
    void perLayer_name_isItsOwnKey() {
        assertThat(Blocks.perLayer().keyOf("conv.1.x")).contains("conv.1.x");
    }

    @Test
    void toString_allKinds_sayHow() {
        assertThat(Blocks.perLayer()).hasToString("per layer");
        assertThat(Blocks.byFirstDottedInteger()).hasToString("by first dotted integer");
        assertThat(Blocks.byPattern("^b(\\d+)-")).hasToString("by pattern ^b(\\d+)-");
        assertThat(Blocks.by(name -> null)).hasToString("by function");
    }

    @Test
    void blockScores_transformerVector_equalReleasedCode() {
        JsonNode expected =
                GoldenVector.read("tempbalance-04-tb-sigmoid").get("expected").get("block");
        double[] alphas = GoldenVector.doubles(expected.get("alphas"));
        List<Optional<String>> keys = GoldenVector.strings(expected.get("names")).stream()
                .map(Blocks.byFirstDottedInteger()::keyOf)
                .collect(Collectors.toList());

        BlockScores scores = new BlockScores(keys, alphas, new double[alphas.length]);

        Map<String, Double> means = scores.byKey(scores.scores());
        assertThat(means).hasSize(3);
        expected.get("block_means").fields().forEachRemaining(mean -> assertThat(means.get(mean.getKey()))
                .isCloseTo(mean.getValue().asDouble(), within(1e-9)));
    }

    @Test
    void blockScores_membersWithoutScore_areIgnored() {
        List<Optional<String>> keys = keys("dead", "z", "b", "z", null, "dead", "z");

        BlockScores scores = new BlockScores(
                keys,
                new double[] {Double.NaN, 2, 5, 4, 100, Double.POSITIVE_INFINITY, Double.NaN},
                new double[] {1, 3, 7, 4, 1, 1, 100});

        assertThat(scores.byKey(scores.scores())).containsExactly(Map.entry("z", 3.0), Map.entry("b", 5.0));
        assertThat(scores.standardErrors()).containsExactly(2.5, 7);
    }

    @Test
    void blockScores_standardErrorOfAMemberUnknown_isUnknown() {
        BlockScores scores =
                new BlockScores(keys("a", "a", "b"), new double[] {2, 3, 4}, new double[] {0.1, Double.NaN, 0.2});

        assertThat(scores.standardErrors()).containsExactly(Double.NaN, 0.2);
    }

    @Test
    void blockScores_noUsableScore_isEmpty() {
        BlockScores scores = new BlockScores(keys("a", null), new double[] {Double.NaN, 3}, new double[2]);

        assertThat(scores.isEmpty()).isTrue();
        assertThat(scores.byKey(new double[0])).isEmpty();
    }

    private static List<Optional<String>> keys(String... keys) {
        return Arrays.stream(keys).map(Optional::ofNullable).collect(Collectors.toList());
    }
}
