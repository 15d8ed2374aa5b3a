/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

/**
 * The gradients of gamma and beta, summed over the batch: {@code dgamma = sum dy xhat}, {@code dbeta = sum dy}.
 *
 * <p>Kept by group until all have arrived, so that the order of summation, and with it every bit of the result, does
 * not depend on which thread is first.
 */
public final class AffineGradient {
    private final int channels;
    private final double[] gamma;
    private final double[] beta;

    AffineGradient(int groups, int channels) {
        this.channels = channels;
        this.gamma = new double[groups * channels];
        this.beta = new double[groups * channels];
    }

    void set(int k, int c, double gamma, double beta) {
        this.gamma[k * channels + c] = gamma;
        this.beta[k * channels + c] = beta;
    }

    void set(int k, int firstChannel, double[] gamma, double[] beta) {
        System.arraycopy(gamma, 0, this.gamma, k * channels + firstChannel, gamma.length);
        System.arraycopy(beta, 0, this.beta, k * channels + firstChannel, beta.length);
    }

    /** The gradient of gamma, one number for each channel. */
    public double[] gamma() {
        return sumOverGroups(gamma);
    }

    /** The gradient of beta, one number for each channel. */
    public double[] beta() {
        return sumOverGroups(beta);
    }

    private double[] sumOverGroups(double[] terms) {
        double[] sums = new double[channels];
        for (int k = 0; k < terms.length / channels; k++) {
            for (int c = 0; c < channels; c++) {
                sums[c] += terms[k * channels + c];
            }
        }
        return sums;
    }
}
