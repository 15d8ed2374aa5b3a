/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.latent;

import java.util.Arrays;
import java.util.Locale;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Principal components of a layer's activations over a batch. Immutable as long as the array is left alone.
 *
 * @since 0.1
 */
public final class PrincipalComponents {
    private final INDArray directions;
    private final double[] variances;
    private final double totalVariance;

    PrincipalComponents(INDArray directions, double[] variances, double totalVariance) {
        this.directions = directions;
        this.variances = variances;
        this.totalVariance = totalVariance;
    }

    /** Directions as columns, [units, k], the largest variance first. */
    public INDArray directions() {
        return directions;
    }

    /** Variance along each direction, descending. */
    public double[] variances() {
        return variances.clone();
    }

    /** Variance along all directions: the trace of the covariance. */
    public double totalVariance() {
        return totalVariance;
    }

    /** Share of the variance that the components hold, 1 if there is none. */
    public double explained() {
        return totalVariance == 0 ? 1 : Math.min(1, Arrays.stream(variances).sum() / totalVariance);
    }

    /** Variance outside of the components. */
    public double tail() {
        return Math.max(0, totalVariance - Arrays.stream(variances).sum());
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d components hold %.4g of the variance", variances.length, explained());
    }
}
