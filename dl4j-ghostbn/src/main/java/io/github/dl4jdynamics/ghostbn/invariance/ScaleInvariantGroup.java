/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.List;

import com.google.common.collect.ImmutableList;

/**
 * Parameter arrays that can be scaled by one positive number without changing the training loss.
 *
 * <p>A candidate by the network's structure; whether it is one, Euler's identity tells in training.
 *
 * @see ScaleInvariantGroups
 * @since 0.1
 */
public final class ScaleInvariantGroup {
    private final ImmutableList<WeightArray> arrays;
    private final String reason;

    ScaleInvariantGroup(List<WeightArray> arrays, String reason) {
        this.arrays = ImmutableList.copyOf(arrays);
        this.reason = reason;
    }

    /** Its arrays joined by {@code +}, for example {@code conv1.W + conv1.b}; beyond three the first and a count. */
    public String name() {
        return arrays.size() <= 3
                ? String.join(" + ", parameters())
                : parameters().get(0) + " + " + (arrays.size() - 1) + " more";
    }

    /** Its arrays as {@code layer.parameter}, from input to output. */
    public ImmutableList<String> parameters() {
        return arrays.stream().map(WeightArray::toString).collect(ImmutableList.toImmutableList());
    }

    /** Whether it holds scales and shifts of normalisations only, which Deeplearning4j never decays. */
    public boolean isAffine() {
        return arrays.stream()
                .allMatch(
                        array -> array.param().equals("gamma") || array.param().equals("beta"));
    }

    /** What takes the scale away. */
    public String reason() {
        return reason;
    }

    ImmutableList<WeightArray> arrays() {
        return arrays;
    }

    @Override
    public String toString() {
        return name() + ": " + reason;
    }
}
