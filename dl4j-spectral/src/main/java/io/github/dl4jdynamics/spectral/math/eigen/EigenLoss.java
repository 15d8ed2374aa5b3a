/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/**
 * A loss of an orthonormal basis whose minimum is made of eigenvectors.
 *
 * <pre>{@code
 * d_i = u_i^T A u_i,  i = 1..k
 * trace      L = - sum_i d_i               finds the leading subspace only
 * Brockett   L = - sum_i m_i d_i           m_1 > ... > m_k > 0: the eigenvectors, in order
 * convex     L = - sum_i f(d_i)            f convex and increasing: the eigenvectors, in any order
 *
 * dL/dU = -2 A U diag(c),   dL/dA = -U diag(c) U^T,   c_i = 1, m_i or f'(d_i)
 * }</pre>
 *
 * <p>That these are minima follows from the Schur-Horn theorem: the diagonal of {@code U^T A U} is majorized by the
 * eigenvalues. {@code x^1.5} asks for a positive semidefinite A. Immutable if the user's functions are.
 *
 * <p>Li, Shi, Zhao and Lin, "Amortized Eigendecomposition for Neural Networks", NeurIPS 2024.
 *
 * @since 0.1
 */
public final class EigenLoss {
    private final String name;
    private final double[] weights;
    private final DoubleUnaryOperator function;
    private final DoubleUnaryOperator slope;

    private EigenLoss(String name, double[] weights, DoubleUnaryOperator function, DoubleUnaryOperator slope) {
        this.name = name;
        this.weights = weights;
        this.function = function;
        this.slope = slope;
    }

    /** The trace of {@code U^T A U}: finds a leading subspace, and no basis of it. */
    public static EigenLoss trace() {
        return new EigenLoss("trace", null, d -> d, d -> 1);
    }

    /**
     * Brockett's weighted trace.
     *
     * @param weights one for each basis vector, positive and strictly falling
     * @throws IllegalArgumentException if they are not
     */
    public static EigenLoss brockett(double... weights) {
        for (int i = 0; i < weights.length; i++) {
            checkArgument(
                    weights[i] > 0 && Double.isFinite(weights[i]) && (i == 0 || weights[i] < weights[i - 1]),
                    "weights of the Brockett loss must be positive and fall strictly, got %s",
                    Arrays.toString(weights));
        }
        checkArgument(weights.length > 0, "the Brockett loss must have at least one weight, got none");
        return new EigenLoss("Brockett", weights.clone(), d -> d, d -> 1);
    }

    /**
     * Brockett's weighted trace with weights that fall evenly from 1 to 1/k.
     *
     * @param k number of basis vectors, at least 1
     */
    public static EigenLoss brockett(int k) {
        checkArgument(k >= 1, "the Brockett loss must have at least one basis vector, got %s", k);
        double[] weights = new double[k];
        for (int i = 0; i < k; i++) {
            weights[i] = (k - i) / (double) k;
        }
        return brockett(weights);
    }

    /** {@code f(x) = x^1.5}, for positive semidefinite matrices; rounding below zero counts as zero. */
    public static EigenLoss power() {
        return new EigenLoss("x^1.5", null, d -> Math.pow(Math.max(0, d), 1.5), d -> 1.5 * Math.sqrt(Math.max(0, d)));
    }

    /** {@code f(x) = exp(x)}, for any symmetric matrix of moderate eigenvalues. */
    public static EigenLoss exponential() {
        return new EigenLoss("exp", null, Math::exp, Math::exp);
    }

    /**
     * A loss by the user's function.
     *
     * @param name for messages and reports
     * @param function f, strictly convex, and increasing if there are fewer basis vectors than rows
     * @param slope its derivative
     */
    public static EigenLoss convex(String name, DoubleUnaryOperator function, DoubleUnaryOperator slope) {
        return new EigenLoss(checkNotNull(name), null, checkNotNull(function), checkNotNull(slope));
    }

    /**
     * Loss at a basis.
     *
     * @param diagonal {@code d_i}, in the order of the basis vectors
     * @throws IllegalArgumentException if the Brockett loss has another number of weights
     */
    public double value(double[] diagonal) {
        checkLength(diagonal);
        double sum = 0;
        for (int i = 0; i < diagonal.length; i++) {
            sum += weight(i) * function.applyAsDouble(diagonal[i]);
        }
        return -sum;
    }

    /** Coefficients c of both gradients. */
    public double[] coefficients(double[] diagonal) {
        checkLength(diagonal);
        double[] coefficients = new double[diagonal.length];
        for (int i = 0; i < coefficients.length; i++) {
            coefficients[i] = weight(i) * slope.applyAsDouble(diagonal[i]);
        }
        return coefficients;
    }

    /**
     * The smallest value: that of the eigenbasis.
     *
     * @param eigenvalues as many of the largest as there are basis vectors, descending
     */
    public double minimum(double[] eigenvalues) {
        return value(eigenvalues);
    }

    private double weight(int i) {
        return weights == null ? 1 : weights[i];
    }

    private void checkLength(double[] diagonal) {
        checkArgument(
                weights == null || weights.length == diagonal.length,
                "the Brockett loss of %s basis vectors must have as many weights, got %s",
                diagonal.length,
                weights == null ? 0 : weights.length);
    }

    @Override
    public String toString() {
        return name + " eigen loss";
    }
}
