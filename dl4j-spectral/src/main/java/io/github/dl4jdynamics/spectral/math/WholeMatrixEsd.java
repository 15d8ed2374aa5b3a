/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;

import com.google.common.collect.ImmutableList;

/**
 * Every matrix as a whole, all eigenvalues of a layer pooled: TempBalance.
 *
 * <p>For a convolution these are the {@code kH * kW} matrices out x in, not the flattened {@code out x (in*kH*kW)} one.
 * The tail exponent of such a spectrum depends on the aspect ratio of the layer; see {@link FarmsEsd}.
 */
public final class WholeMatrixEsd implements EsdEstimator {

    /** The estimator; it has no settings. */
    public WholeMatrixEsd() {}

    @Override
    public List<List<Block>> divisions(MatrixGroup group) {
        Window whole = Window.whole(group.rows(), group.cols());
        ImmutableList.Builder<Block> blocks = ImmutableList.builderWithExpectedSize(group.count());
        for (int matrix = 0; matrix < group.count(); matrix++) {
            blocks.add(Block.of(matrix, whole));
        }
        return ImmutableList.of(blocks.build());
    }

    @Override
    public String toString() {
        return "WholeMatrixEsd{}";
    }
}
