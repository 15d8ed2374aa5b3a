/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * Which layers share one score and one factor.
 *
 * <p>The score of a block is the mean of its members' usable scores; the assignment sees one score per block, not per
 * layer; every member gets the block's factor. A layer in no block keeps factor 1 and takes no part. TB_Sigmoid tunes
 * transformers this way (Liu et al., EMNLP 2024, arXiv 2410.12178).
 */
public final class Blocks {

    private static final Pattern FIRST_DOTTED_INTEGER = Pattern.compile("\\.(\\d+)\\.");

    private final Function<String, String> keyOfName;
    private final String settings;

    private Blocks(Function<String, String> keyOfName, String settings) {
        this.keyOfName = keyOfName;
        this.settings = settings;
    }

    /** Every layer is a block of its own, as in TempBalance. */
    public static Blocks perLayer() {
        return new Blocks(UnaryOperator.identity(), "per layer");
    }

    /**
     * The first whole number between two dots of the name, as in TB_Sigmoid: {@code encoder.layer.10.output.dense} is in
     * block 10, {@code classifier.dense} in none.
     */
    public static Blocks byFirstDottedInteger() {
        return new Blocks(firstGroup(FIRST_DOTTED_INTEGER), "by first dotted integer");
    }

    /**
     * The text that the first capture group of a pattern finds in the name.
     *
     * <p>{@code "^block(\\d+)-"} puts {@code block3-conv1} in block 3; {@code "^(stage\\d+_\\d+)_"} puts
     * {@code stage1_0_conv2} in block {@code stage1_0}. A name in which the pattern or its group is not found is in no block.
     *
     * @param regex a {@link Pattern} with at least one capture group; searched for, need not match the whole name
     * @throws IllegalArgumentException if the pattern has no group or a syntax error
     */
    public static Blocks byPattern(String regex) {
        Pattern pattern = Pattern.compile(regex);
        checkArgument(
                pattern.matcher("").groupCount() >= 1,
                "pattern of the blocks must have a capture group for the block's key, got '%s';"
                        + " put the part that names the block in parentheses, as in 'block(\\d+)-'",
                regex);
        return new Blocks(firstGroup(pattern), "by pattern " + regex);
    }

    /**
     * What a function says of the layer's name.
     *
     * @param keyOfName pure function from a layer's name to its block's key; null = in no block
     */
    public static Blocks by(Function<String, String> keyOfName) {
        return new Blocks(checkNotNull(keyOfName, "function of the blocks must not be null"), "by function");
    }

    private static Function<String, String> firstGroup(Pattern pattern) {
        return name -> {
            Matcher matcher = pattern.matcher(name);
            return matcher.find() ? matcher.group(1) : null;
        };
    }

    /** Returns the key of the block that holds the layer, empty if none does. */
    public Optional<String> keyOf(String layerName) {
        return Optional.ofNullable(keyOfName.apply(layerName));
    }

    @Override
    public String toString() {
        return settings;
    }
}
