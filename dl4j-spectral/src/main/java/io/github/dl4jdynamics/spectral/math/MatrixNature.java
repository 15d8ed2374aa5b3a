/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/** What kind of layer a group of matrices comes from; an {@link EsdEstimator} may treat the kinds differently. */
public enum MatrixNature {

    /** One matrix, out x in: dense layers and projections. */
    LINEAR,

    /** One out x in matrix for each kernel position. */
    CONVOLUTION,

    /** Gate matrices of a recurrent cell. */
    RECURRENT,

    /** A lookup table. */
    EMBEDDING
}
