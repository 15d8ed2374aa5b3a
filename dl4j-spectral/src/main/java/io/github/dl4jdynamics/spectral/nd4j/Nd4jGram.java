/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

/** Gram matrix in Java, eigenvalues by ND4J's LAPACK wrapper; a diagonal matrix holds them. */
final class Nd4jGram implements GramReduction {

    @Override
    public Tridiagonal reduce(MatrixView view) {
        double[][] gram = JavaGram.gram(view);
        if (gram == null) {
            return null;
        }
        int n = gram.length;
        double[] columns = new double[n * n];
        for (int j = 0; j < n; j++) {
            System.arraycopy(gram[j], 0, columns, j * n, n);
        }
        double[] values = new Nd4jKernels().eigenvalues(ColumnMajor.of(n, n, columns));
        return new Tridiagonal(values, new double[n - 1]);
    }
}
