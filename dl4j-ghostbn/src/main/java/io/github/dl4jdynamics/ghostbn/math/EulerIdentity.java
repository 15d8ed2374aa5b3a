/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Euler's identity as a test of scale invariance: a loss that does not change when {@code w} is scaled has no gradient along
 * {@code w}.
 *
 * <pre>{@code
 * L(a w) = L(w) for all a > 0   =>   <w, g> = 0
 * defect = |<w, g>| / (|w| |g|)
 * }</pre>
 *
 * <p>Sums over any number of arrays. A single small defect does not prove invariance: two random vectors of n coordinates
 * are as close as {@code 1 / sqrt(n)}. For one thread.
 *
 * @since 0.1
 */
public final class EulerIdentity {
    private double weights;
    private double gradients;
    private double product;

    /**
     * Adds the weights and the gradient of one array.
     *
     * @param weights the weights
     * @param gradient as many, in the same order
     * @return this
     * @throws IllegalArgumentException if the lengths differ
     */
    public EulerIdentity add(double[] weights, double[] gradient) {
        checkArgument(
                weights.length == gradient.length,
                "weights and gradient must be equally many, got %s and %s; pass the gradient of the same array",
                weights.length,
                gradient.length);
        for (int i = 0; i < weights.length; i++) {
            this.weights += weights[i] * weights[i];
            gradients += gradient[i] * gradient[i];
            product += weights[i] * gradient[i];
        }
        return this;
    }

    /** Adds all that another test has summed. */
    public EulerIdentity add(EulerIdentity other) {
        weights += other.weights;
        gradients += other.gradients;
        product += other.product;
        return this;
    }

    /** Euclidean norm of the weights. */
    public double weightNorm() {
        return Math.sqrt(weights);
    }

    /** Euclidean norm of the gradient. */
    public double gradientNorm() {
        return Math.sqrt(gradients);
    }

    /** Inner product of weights and gradient. */
    public double innerProduct() {
        return product;
    }

    /** Absolute cosine between weights and gradient, 0 to 1; NaN if one of them is zero or not finite. */
    public double defect() {
        return Math.abs(product) / (weightNorm() * gradientNorm());
    }
}
