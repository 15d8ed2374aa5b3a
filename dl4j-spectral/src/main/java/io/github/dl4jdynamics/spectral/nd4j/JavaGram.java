/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

/** Gram matrix and its Householder reduction in pure Java, in double precision. */
final class JavaGram implements GramReduction {

    /** Columns that are added in one go: each row of the Gram matrix is read and written once for all of them. */
    private static final int COLUMNS = 4;

    @Override
    public Tridiagonal reduce(MatrixView view) {
        double[][] gram = gram(view);
        return gram == null ? null : HouseholderTridiagonal.reduce(gram);
    }

    /** The smaller Gram matrix with both triangles, or null if it is not finite. */
    static double[][] gram(MatrixView view) {
        WideMatrix matrix = new WideMatrix(view);
        int n = matrix.n;
        double[][] gram = new double[n][n];
        double[][] columns = new double[COLUMNS][n];
        for (int from = 0; from < matrix.k; from += COLUMNS) {
            for (int c = 0; c < COLUMNS; c++) {
                gather(matrix, from + c, columns[c]);
            }
            for (int i = 0; i < n; i++) {
                addProducts(columns, i, gram[i]);
            }
        }
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(gram[i][i])) {
                return null;
            }
            for (int j = 0; j < i; j++) {
                gram[j][i] = gram[i][j];
            }
        }
        return gram;
    }

    /** Column number {@code col}, or zeros beyond the last. */
    private static void gather(WideMatrix matrix, int col, double[] to) {
        Object array = matrix.array();
        boolean single = array instanceof float[];
        for (int i = 0; i < to.length; i++) {
            if (col >= matrix.k) {
                to[i] = 0;
            } else {
                int at = matrix.index(i, col);
                to[i] = single ? ((float[]) array)[at] : ((double[]) array)[at];
            }
        }
    }

    private static void addProducts(double[][] columns, int i, double[] row) {
        double[] c0 = columns[0];
        double[] c1 = columns[1];
        double[] c2 = columns[2];
        double[] c3 = columns[3];
        double f0 = c0[i];
        double f1 = c1[i];
        double f2 = c2[i];
        double f3 = c3[i];
        for (int j = 0; j <= i; j++) {
            row[j] += f0 * c0[j] + f1 * c1[j] + f2 * c2[j] + f3 * c3[j];
        }
    }
}
