/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/** How {@link FarmsEsd} cuts the out x in slices of a convolution. */
public enum ConvolutionWindows {

    /**
     * The released code: each slice is cut along its longer side into {@code longSide / shortSide} windows (rounded
     * down), the k-th windows of all slices form the k-th division, each division is fitted on its own and the layer has
     * the mean of their metrics. Window size, grid and small-matrix rule are not used, only the aspect ratio Q.
     *
     * <p>For square slices and Q = 1 the same as {@link WholeMatrixEsd}.
     */
    DIVISIONS,

    /** The paper's definition with the windows of {@link #DIVISIONS}: all pooled into one spectrum and one fit. */
    POOLED,

    /** The same windows as in a linear layer on each slice, all pooled into one spectrum and one fit. */
    LINEAR
}
