/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import org.deeplearning4j.nn.conf.GradientNormalization;

/**
 * Deeplearning4j's gradient normalization, for the gradients of gamma and beta alone.
 *
 * <p>The framework normalises what is left after it has divided the sums over the batch by the batch size; here the sums
 * come in and go out, so thresholds are multiplied by that size.
 */
final class AffineGradientNormalization {
    /** The framework's stand-in for a norm of zero. */
    private static final double LEAST_NORM = 1e-5;

    private final GradientNormalization mode;
    private final double threshold;
    private final double divisor;

    /**
     * @param mode null for none
     * @param divisor what the framework will divide the gradients by
     */
    AffineGradientNormalization(GradientNormalization mode, double threshold, double divisor) {
        this.mode = mode == null ? GradientNormalization.None : mode;
        this.threshold = threshold;
        this.divisor = divisor;
    }

    /** Normalises both gradients in place. */
    void apply(double[] gamma, double[] beta) {
        switch (mode) {
            case None:
                return;
            case RenormalizeL2PerLayer:
                double layerNorm = positive(norm(gamma, beta));
                scale(gamma, divisor / layerNorm);
                scale(beta, divisor / layerNorm);
                return;
            case RenormalizeL2PerParamType:
                scale(gamma, divisor / positive(norm(gamma)));
                scale(beta, divisor / positive(norm(beta)));
                return;
            case ClipElementWiseAbsoluteValue:
                clip(gamma);
                clip(beta);
                return;
            case ClipL2PerLayer:
                double factor = clipFactor(norm(gamma, beta));
                scale(gamma, factor);
                scale(beta, factor);
                return;
            case ClipL2PerParamType:
                scale(gamma, clipFactor(norm(gamma)));
                scale(beta, clipFactor(norm(beta)));
                return;
            default:
                throw new IllegalArgumentException("gradient normalization of a GhostBatchNormalization layer must be "
                        + "None, RenormalizeL2PerLayer, RenormalizeL2PerParamType, ClipElementWiseAbsoluteValue, "
                        + "ClipL2PerLayer or ClipL2PerParamType, got " + mode + "; choose one of these");
        }
    }

    private double positive(double norm) {
        return norm == 0 ? LEAST_NORM * divisor : norm;
    }

    private double clipFactor(double norm) {
        return norm > threshold * divisor ? threshold * divisor / norm : 1;
    }

    private void clip(double[] gradient) {
        double bound = threshold * divisor;
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = Math.max(-bound, Math.min(bound, gradient[i]));
        }
    }

    private static double norm(double[]... gradients) {
        double squares = 0;
        for (double[] gradient : gradients) {
            for (double g : gradient) {
                squares += g * g;
            }
        }
        return Math.sqrt(squares);
    }

    private static void scale(double[] gradient, double factor) {
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] *= factor;
        }
    }
}
