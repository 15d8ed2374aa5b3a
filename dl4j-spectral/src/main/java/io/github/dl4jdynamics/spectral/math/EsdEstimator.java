/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.List;

/**
 * Which parts of a layer's matrices make up its empirical spectral density (ESD).
 *
 * <p>Implementations are immutable and safe to share between threads; {@code toString()} prints the settings.
 */
public interface EsdEstimator {

    /**
     * The windows to measure. The eigenvalues of one inner list are pooled into one {@link EigenvalueSpectrum} and
     * fitted on their own; every metric of the layer is the mean over the outer list.
     *
     * <p>Neither list is empty; all windows of one division have one size and lie inside the matrix. The same group
     * always gives the same windows.
     *
     * @throws IllegalArgumentException if the settings of the estimator do not allow a matrix of this shape
     */
    List<List<Block>> divisions(MatrixGroup group);
}
