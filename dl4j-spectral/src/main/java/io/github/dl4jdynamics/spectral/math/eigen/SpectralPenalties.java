/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math.eigen;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Penalties on a spectrum.
 *
 * <table>
 * <caption>Names, formulas, what they do</caption>
 * <tr><td>{@link #nuclearNorm}</td><td>{@code sum sigma_i}</td><td>few large singular values, the others zero</td></tr>
 * <tr><td>{@link #kyFanNorm}</td><td>{@code sigma_1 + ... + sigma_k}</td><td>smaller leading ones</td></tr>
 * <tr><td>{@link #spectralNorm}</td><td>{@code sigma_1^2 / 2}</td><td>a smaller Lipschitz constant</td></tr>
 * <tr><td>{@link #schattenNorm}</td><td>{@code (sum sigma_i^p)^(1/p)}</td><td>between nuclear (1) and Frobenius (2)</td></tr>
 * <tr><td>{@link #stableRank}</td><td>{@code F / sigma_1^2}</td><td>energy in the first direction, whatever the scale</td></tr>
 * <tr><td>{@link #tailEnergy}</td><td>{@code (F - sigma_1^2 - ... - sigma_k^2) / 2}</td><td>pressure towards rank k</td></tr>
 * <tr><td>{@link #conditionNumber}</td><td>{@code ln(sigma_1 / sigma_n)}</td><td>a better condition</td></tr>
 * </table>
 *
 * @since 0.1
 */
public final class SpectralPenalties {
    private SpectralPenalties() {}

    /** Sum of all singular values. */
    public static SpectralPenalty nuclearNorm() {
        return new KyFanNorm(Integer.MAX_VALUE);
    }

    /**
     * Sum of the largest singular values.
     *
     * @param k how many, at least 1; all if the matrix has fewer
     */
    public static SpectralPenalty kyFanNorm(int k) {
        return new KyFanNorm(checkRank(k));
    }

    /**
     * Half the square of the largest singular value, as in Yoshida and Miyato, "Spectral Norm Regularization for Improving
     * the Generalizability of Deep Learning", 2017.
     */
    public static SpectralPenalty spectralNorm() {
        return new SpectralNorm();
    }

    /**
     * Schatten norm.
     *
     * @param p at least 1
     */
    public static SpectralPenalty schattenNorm(double p) {
        checkArgument(p >= 1 && Double.isFinite(p), "p of a Schatten norm must be at least 1 and finite, got %s", p);
        return new SchattenNorm(p);
    }

    /** Squared Frobenius norm in units of the squared largest singular value; 0 for a matrix of zeros. */
    public static SpectralPenalty stableRank() {
        return new StableRank();
    }

    /**
     * Half the energy beyond the leading directions: half the squared distance from the nearest matrix of rank k.
     *
     * @param k at least 1; the penalty of a matrix with no more singular values is 0
     */
    public static SpectralPenalty tailEnergy(int k) {
        return new TailEnergy(checkRank(k));
    }

    /**
     * Logarithm of the condition number. Its slope by the smallest singular value is that of a logarithm, where the number's
     * own would be its square times larger.
     *
     * <p>Singular values of zero are passed over: the smallest is the smallest that is not.
     */
    public static SpectralPenalty conditionNumber() {
        return new ConditionNumber();
    }

    private static int checkRank(int k) {
        checkArgument(k >= 1, "number k of leading singular values must be at least 1, got %s", k);
        return k;
    }
}
