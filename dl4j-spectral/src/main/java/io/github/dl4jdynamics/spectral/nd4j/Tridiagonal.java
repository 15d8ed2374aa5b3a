/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

/** A symmetric tridiagonal matrix: n diagonal and n - 1 off-diagonal entries, all finite. */
final class Tridiagonal {

    private final double[] diagonal;
    private final double[] offDiagonal;

    Tridiagonal(double[] diagonal, double[] offDiagonal) {
        this.diagonal = diagonal;
        this.offDiagonal = offDiagonal;
    }

    int order() {
        return diagonal.length;
    }

    double diagonal(int i) {
        return diagonal[i];
    }

    /** Entry (i, i + 1). */
    double offDiagonal(int i) {
        return offDiagonal[i];
    }
}
