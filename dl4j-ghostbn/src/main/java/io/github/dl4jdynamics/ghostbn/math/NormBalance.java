/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Where one step of gradient descent with weight decay takes the norm of scale-invariant weights.
 *
 * <pre>{@code
 * w' = (1 - d) w - eta g          d = decay of one step = eta * lambda,  <w, g> = 0
 *
 * effectiveRate          eta~ = eta / |w|^2
 * effectiveGradientNorm  g~   = |g| |w|                        (gradient norm on the unit sphere)
 * predictedSquaredNorm   |w'|^2 = (1 - d)^2 |w|^2 + eta^2 |g|^2
 * tangentOfAngle         tan(w, w') = eta~ g~ / (1 - d)
 * balanceRatio           r = eta~ g~ / sqrt(1 - (1 - d)^2)     (below 1 the norm shrinks, above 1 it grows)
 * }</pre>
 *
 * <p>Effective rate and gradient norm describe any optimizer's weights; the other three are exact for plain stochastic
 * gradient descent only, where the step is {@code eta g}. Without decay the ratio is NaN: nothing balances the growth.
 * Immutable; constant time.
 *
 * <p>Lobacheva, Kodryan, Chirkova, Malinin, Vetrov, "On the periodic behavior of neural network training with batch
 * normalization and weight decay", NeurIPS 2021, arXiv 2106.15739; ratio and prediction follow from the update rule.
 *
 * @since 0.1
 */
public final class NormBalance {
    private final double weightNorm;
    private final double gradientNorm;
    private final double rate;
    private final double decay;

    private NormBalance(double weightNorm, double gradientNorm, double rate, double decay) {
        this.weightNorm = weightNorm;
        this.gradientNorm = gradientNorm;
        this.rate = rate;
        this.decay = decay;
    }

    /**
     * Balance of one step.
     *
     * @param weightNorm Euclidean norm before the step, not negative; 0 gives infinities and NaN
     * @param gradientNorm Euclidean norm of the mean gradient of the batch, without decay, not negative
     * @param rate learning rate eta; NaN if there is no single one, which makes all but the gradient norm NaN
     * @param decay share of the weights that one step takes away, eta * lambda; 0 for none, NaN if unknown
     * @throws IllegalArgumentException if a norm is negative
     */
    public static NormBalance of(double weightNorm, double gradientNorm, double rate, double decay) {
        checkArgument(
                !(weightNorm < 0),
                "weightNorm of a step must be >= 0, got %s; pass the Euclidean norm of the weights",
                weightNorm);
        checkArgument(
                !(gradientNorm < 0),
                "gradientNorm of a step must be >= 0, got %s; pass the Euclidean norm of the gradient",
                gradientNorm);
        return new NormBalance(weightNorm, gradientNorm, rate, decay);
    }

    /** Euclidean norm of the weights before the step. */
    public double weightNorm() {
        return weightNorm;
    }

    /** Euclidean norm of the gradient. */
    public double gradientNorm() {
        return gradientNorm;
    }

    /** Learning rate of the step. */
    public double rate() {
        return rate;
    }

    /** Share of the weights that the step takes away, the product of rate and decay coefficient. */
    public double decay() {
        return decay;
    }

    /** The rate that the direction of the weights feels, {@code eta / |w|^2}. */
    public double effectiveRate() {
        return rate / (weightNorm * weightNorm);
    }

    /** Norm of the gradient at the same direction on the unit sphere, {@code |g| |w|}. */
    public double effectiveGradientNorm() {
        return gradientNorm * weightNorm;
    }

    /** Squared norm of the weights after the step. */
    public double predictedSquaredNorm() {
        double kept = (1 - decay) * weightNorm;
        double moved = rate * gradientNorm;
        return kept * kept + moved * moved;
    }

    /** Tangent of the angle between the weights before and after the step. */
    public double tangentOfAngle() {
        return effectiveRate() * effectiveGradientNorm() / (1 - decay);
    }

    /** Growth by the gradient over shrinkage by the decay; NaN without decay. */
    public double balanceRatio() {
        // 1 - (1 - d)^2 without its cancellation for small d.
        double shrinkage = decay * (2 - decay);
        return shrinkage > 0 ? effectiveRate() * effectiveGradientNorm() / Math.sqrt(shrinkage) : Double.NaN;
    }

    @Override
    public String toString() {
        return "weightNorm=" + weightNorm + ", gradientNorm=" + gradientNorm + ", rate=" + rate + ", decay=" + decay;
    }
}
