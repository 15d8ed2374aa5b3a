/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

/**
 * The affine map after normalisation, {@code y = gamma xhat + beta}, with one pair for each channel.
 */
public final class Affine {
    private final double[] gamma;
    private final double[] beta;

    private Affine(double[] gamma, double[] beta) {
        this.gamma = gamma;
        this.beta = beta;
    }

    /** One gamma and one beta for each channel. */
    public static Affine of(double[] gamma, double[] beta) {
        return new Affine(gamma, beta);
    }

    /** Copies the gammas of neighbouring channels. */
    void copyGammas(int firstChannel, double[] into) {
        System.arraycopy(gamma, firstChannel, into, 0, into.length);
    }

    /** Copies the betas of neighbouring channels. */
    void copyBetas(int firstChannel, double[] into) {
        System.arraycopy(beta, firstChannel, into, 0, into.length);
    }

    double gamma(int c) {
        return gamma[c];
    }

    double beta(int c) {
        return beta[c];
    }
}
