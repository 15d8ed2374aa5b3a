/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.bytedeco.javacpp.Pointer;

/**
 * Q of a thin QR factorization in place, by the Cholesky factor of the Gram matrix of the columns.
 *
 * <pre>{@code
 * D = diag(|a_1|, ..., |a_n|),   D^-1 A^T A D^-1 = L L^T,   Q = A D^-1 L^-T
 * }</pre>
 *
 * <p>The columns' lengths do not matter to Q, so only the angles between them do. One round leaves Q orthonormal to epsilon
 * times the square of their condition; a second one mends that (Cholesky QR2, Yamamoto et al., ETNA 44, 2015) up to a
 * condition of some 1 / sqrt(epsilon). The smallest pivot, the distance of a column of unit length from those before it,
 * tells which is needed.
 */
final class CholeskyQr {
    /** Smallest pivot with which one round is enough: rounding errors then grow by a small factor. */
    private static final double GOOD_PIVOT = 0.5;

    /** Smallest pivot with which a second round mends the first, in units of sqrt(epsilon). */
    private static final double LEAST_PIVOT = 30;

    /** Smallest length of a column whose direction is more than rounding, in units of epsilon and the longest. */
    private static final double LEAST_LENGTH = 1000;

    private CholeskyQr() {}

    /**
     * Works in place.
     *
     * @return false if the condition of the columns does not allow it or they are not finite; they are then scaled to unit
     *     length at most, which leaves Q what it was
     */
    static <P extends Pointer> boolean replaceByQ(Lapack<P> lapack, Pointer address, int m, int n) {
        P a = lapack.at(address);
        if (!TriangularProbe.isSound(lapack) || !scaleToUnitLength(lapack, m, n, a)) {
            return false;
        }
        try (NativeScope scope = new NativeScope()) {
            P gram = lapack.array(scope, (long) n * n);
            double pivot = round(lapack, m, n, a, gram);
            if (pivot < GOOD_PIVOT) {
                round(lapack, m, n, a, gram);
            }
            return !Double.isNaN(pivot);
        }
    }

    /** Columns far shorter than others, as eigenvectors of tiny eigenvalues give, are made of rounding errors. */
    private static <P extends Pointer> boolean scaleToUnitLength(Lapack<P> lapack, int m, int n, P a) {
        double[] lengths = new double[n];
        double longest = 0;
        double shortest = Double.MAX_VALUE;
        for (int j = 0; j < n; j++) {
            lengths[j] = lapack.norm(m, a, (long) j * m);
            longest = Math.max(longest, lengths[j]);
            shortest = Math.min(shortest, lengths[j]);
        }
        boolean inRange = shortest >= lapack.leastNormal() && longest < Double.POSITIVE_INFINITY;
        if (!inRange || !(shortest > LEAST_LENGTH * lapack.epsilon() * longest)) {
            return false;
        }
        for (int j = 0; j < n; j++) {
            lapack.scale(m, 1 / lengths[j], a, (long) j * m);
        }
        return true;
    }

    /** Returns the smallest pivot, NaN if the columns are too close to dependent and were left alone. */
    private static <P extends Pointer> double round(Lapack<P> lapack, int m, int n, P a, P gram) {
        lapack.syrk(true, n, m, a, m, 0, gram, n);
        if (lapack.potrf(n, gram) != 0) {
            return Double.NaN;
        }
        double pivot = 1;
        for (int j = 0; j < n; j++) {
            pivot = Math.min(pivot, lapack.get(gram, j * (n + 1L)));
        }
        if (!(pivot > LEAST_PIVOT * Math.sqrt(lapack.epsilon()))) {
            return Double.NaN;
        }
        lapack.trsmRightTransposed(m, n, gram, a);
        return pivot;
    }
}
