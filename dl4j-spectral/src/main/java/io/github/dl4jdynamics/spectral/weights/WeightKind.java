/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Set;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;

/**
 * Kinds of weights that can be read as matrices, to switch on and off.
 *
 * <p>Matrices are out x in, the orientation of the papers' code, whatever order Deeplearning4j stores:
 *
 * <table>
 * <caption>Matrices of each kind</caption>
 * <tr><th>kind</th><th>matrices of one layer</th></tr>
 * <tr><td>{@link #DENSE}</td><td>one, out x in (dense, output, autoencoder, ...)</td></tr>
 * <tr><td>{@link #CONVOLUTION_2D}</td><td>kH kW matrices out x in, one per kernel position; transposed
 * convolution likewise</td></tr>
 * <tr><td>{@link #CONVOLUTION_1D}</td><td>k matrices out x in</td></tr>
 * <tr><td>{@link #CONVOLUTION_3D}</td><td>kD kH kW matrices out x in; transposed likewise</td></tr>
 * <tr><td>{@link #DEPTHWISE}</td><td>kH kW matrices (in * multiplier) x 1, also of a separable convolution's first
 * stage</td></tr>
 * <tr><td>{@link #POINTWISE}</td><td>one, out x (in * multiplier): a separable convolution's second stage</td></tr>
 * <tr><td>{@link #ATTENTION}</td><td>one per projection (query, key, value, output), heads stacked as rows</td></tr>
 * <tr><td>{@link #RECURRENT}</td><td>one per gate: W gives out x in, RW gives out x out (LSTM, GravesLSTM without its
 * peepholes: 4; SimpleRnn: 1)</td></tr>
 * <tr><td>{@link #EMBEDDING}</td><td>one, dimension x vocabulary</td></tr>
 * </table>
 *
 * @since 0.1
 */
public enum WeightKind {
    /** Fully connected weights. */
    DENSE,
    /** 2D convolution and transposed convolution. */
    CONVOLUTION_2D,
    /** 1D convolution. */
    CONVOLUTION_1D,
    /** 3D convolution and transposed convolution. */
    CONVOLUTION_3D,
    /** Depthwise stage of depthwise and separable convolutions: columns, with one eigenvalue each. */
    DEPTHWISE,
    /** Pointwise stage of separable convolutions. */
    POINTWISE,
    /** Projections of attention layers. */
    ATTENTION,
    /** Gates of recurrent layers. */
    RECURRENT,
    /** Embeddings. */
    EMBEDDING;

    /**
     * What the released TempBalance and FARMS code analyses: {@code Linear} (which attention consists of) and
     * {@code Conv2d}, grouped ones included.
     */
    public static final ImmutableSet<WeightKind> REFERENCE =
            Sets.immutableEnumSet(DENSE, CONVOLUTION_2D, DEPTHWISE, POINTWISE, ATTENTION);

    /** Everything there is a matrix for. */
    public static final ImmutableSet<WeightKind> ALL = Sets.immutableEnumSet(Set.of(values()));
}
