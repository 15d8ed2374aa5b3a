/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.Arrays;

import org.nd4j.linalg.api.ndarray.INDArray;

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

    /** Learned values, as they are now. */
    public static Affine of(INDArray gamma, INDArray beta) {
        return of(gamma.toDoubleVector(), beta.toDoubleVector());
    }

    /** Given values. */
    public static Affine of(double[] gamma, double[] beta) {
        return new Affine(gamma, beta);
    }

    /** Gammas of neighbouring channels. */
    double[] gammas(int firstChannel, int channels) {
        return Arrays.copyOfRange(gamma, firstChannel, firstChannel + channels);
    }

    /** Betas of neighbouring channels. */
    double[] betas(int firstChannel, int channels) {
        return Arrays.copyOfRange(beta, firstChannel, firstChannel + channels);
    }

    double gamma(int c) {
        return gamma[c];
    }

    double beta(int c) {
        return beta[c];
    }
}
