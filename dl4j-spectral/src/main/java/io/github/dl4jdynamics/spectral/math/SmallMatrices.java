/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/** What {@link FarmsEsd} does with a matrix of R x C that its window of n x c does not fit into. */
public enum SmallMatrices {

    /**
     * What the released image code does, by the meaning of a negative start in a Python slice: along a side shorter than
     * the window the fixed grid takes the last {@code n - R} rows if {@code n < 2R}, else all of them; sliding takes all.
     *
     * <p>Of 31 rows a window of 32 leaves one, of 12 all 12: the window's shape varies with the layer, which is the very
     * bias the windows are there to remove. For comparison with the papers' numbers.
     */
    REFERENCE,

    /**
     * {@code n = min(n, R, C)}, {@code c = min((int) (n Q), C)} but at least 1: the rule of the released code for
     * language models, with the columns clamped too.
     *
     * <p>Keeps the aspect ratio for {@code Q <= 1}; for {@code Q > 1} the columns of a narrow matrix fall short of it. As
     * in that code it holds for every matrix: a window that would fit but has more rows than the matrix has columns
     * shrinks as well.
     */
    CLAMP,

    /** Refuses the layer, so that every measured window has the size that was asked for. */
    STRICT
}
