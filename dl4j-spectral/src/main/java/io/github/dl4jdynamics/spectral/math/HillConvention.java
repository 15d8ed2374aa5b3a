/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

/** Which eigenvalue is the threshold of a tail of k eigenvalues in Hill's estimator. */
public enum HillConvention {

    /**
     * The k-th largest: the threshold is itself counted in the tail and adds a logarithm of zero.
     *
     * <p>What the released code of TempBalance, ModelBalancing and FARMS computes, and WeightWatcher too.
     */
    THRESHOLD_COUNTED,

    /**
     * The (k+1)-th largest, just below the tail.
     *
     * <p>What the papers print: Zhou et al., NeurIPS 2023, eq. (1); Liu et al., EMNLP 2024, eq. (2). On 16 eigenvalues
     * the two can differ by 0.4.
     */
    THRESHOLD_EXCLUDED
}
