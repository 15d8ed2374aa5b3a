/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import io.github.dl4jdynamics.ghostbn.math.GroupMoments;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalisation of arrays by the statistics of ghost batches, and its gradient.
 *
 * <p>For group k and channel c, with the sums over the group's values of the channel and w = 1 without a mask:
 *
 * <pre>{@code
 * mu = sum w x / sum w       v = sum w (x-mu)^2 / sum w       s = 1/sqrt(v+eps)       xhat = (x-mu) s
 * y  = gamma xhat + beta
 * dx = gamma s (dy - w (sum dy + xhat sum dy xhat) / sum w)
 * }</pre>
 *
 * <p>Arrays have rank 2 to 5, examples in dimension 0 and channels in {@code channelAxis}; any order, any view; FLOAT
 * or DOUBLE, all of one type. Groups without weight give {@code y = beta}, {@code dx = 0}.
 *
 * <p>Hoffer, Hubara, Soudry, NeurIPS 2017, arXiv 1705.08741.
 */
public interface GhostNorm {
    /**
     * Measures every group of x and normalises it into y.
     *
     * @param weights of the values in the statistics, or null for 1 each
     * @param y written; another array than x
     */
    GroupMoments forward(
            INDArray x, INDArray y, int channelAxis, GhostSplit split, MaskWeights weights, Affine affine, double eps);

    /**
     * The gradient of {@link #forward}.
     *
     * @param moments what the forward pass returned
     * @param dy gradient with respect to y
     * @param dx written: gradient with respect to x
     */
    AffineGradient backward(
            INDArray x,
            INDArray dy,
            INDArray dx,
            int channelAxis,
            GhostSplit split,
            MaskWeights weights,
            GroupMoments moments,
            Affine affine,
            double eps);

    /** Normalises x into y by statistics that do not come from it, as at inference; one group of moments. */
    void normalise(INDArray x, INDArray y, int channelAxis, GroupMoments fixed, Affine affine, double eps);

    /** The gradient of {@link #normalise}: {@code dx = gamma s dy}, the statistics being constants. */
    AffineGradient normaliseBackward(
            INDArray x, INDArray dy, INDArray dx, int channelAxis, GroupMoments fixed, Affine affine, double eps);
}
