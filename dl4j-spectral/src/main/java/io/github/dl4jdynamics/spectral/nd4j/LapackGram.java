/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.List;

import org.bytedeco.javacpp.Pointer;

/**
 * Gram matrix by syrk and its reduction by sytrd.
 *
 * <p>Columns are a whole number of cache lines apart, and never a power of two, which would map them all onto the same
 * cache sets; together with blocks of 16 columns in sytrd (LAPACK's own choice is 32) this takes 15 % off a 512 x 512
 * matrix. A long matrix goes through in panels, so that the workspace stays small.
 */
final class LapackGram<P extends Pointer> implements GramReduction {

    static final int SYTRD_BLOCK = 16;
    /** Numbers in a panel, unless its 256 columns are more. */
    private static final int PANEL = 1 << 20;

    private static final int MIN_PANEL_COLUMNS = 256;

    private final Lapack<P> lapack;
    private final NativeScope scope = new NativeScope();
    private final Lapack.Stager<P> stager;
    private final P panel;
    private final P gram;
    private final P d;
    private final P e;
    private final P tau;
    private final P work;

    /** Workspace for any of these matrices. */
    LapackGram(Lapack<P> lapack, List<WideMatrix> matrices) {
        this.lapack = lapack;
        int n = 1;
        int line = 1;
        long panelLength = 1;
        for (WideMatrix matrix : matrices) {
            int columns = Math.min(matrix.k, panelColumns(matrix.n));
            n = Math.max(n, matrix.n);
            line = Math.max(line, Math.max(matrix.n, columns));
            panelLength = Math.max(panelLength, (long) matrix.n * leadingDimension(columns));
            panelLength = Math.max(panelLength, (long) columns * leadingDimension(matrix.n));
        }
        try {
            stager = lapack.stager(line);
            panel = lapack.array(scope, panelLength);
            gram = lapack.array(scope, (long) n * leadingDimension(n));
            d = lapack.array(scope, n);
            e = lapack.array(scope, n);
            tau = lapack.array(scope, n);
            work = lapack.array(scope, (long) n * SYTRD_BLOCK);
        } catch (OutOfMemoryError error) {
            scope.close();
            throw error;
        }
    }

    @Override
    public Tridiagonal reduce(MatrixView view) {
        WideMatrix matrix = new WideMatrix(view);
        int n = matrix.n;
        int ld = leadingDimension(n);
        int columns = panelColumns(n);
        for (int from = 0; from < matrix.k; from += columns) {
            addPanel(matrix, from, Math.min(columns, matrix.k - from), ld);
        }
        // A sum of squares is finite only if all the numbers are, so the diagonal tells for the whole matrix.
        for (int i = 0; i < n; i++) {
            if (!Double.isFinite(lapack.get(gram, (long) i * ld + i))) {
                return null;
            }
        }
        int info = lapack.sytrd(n, gram, ld, d, e, tau, work, n * SYTRD_BLOCK);
        if (info != 0) {
            throw new IllegalStateException("LAPACK routine sytrd failed with info " + info + " for a " + view);
        }
        return new Tridiagonal(lapack.doubles(d, n), lapack.doubles(e, n - 1));
    }

    /** Adds the product of these columns to the Gram matrix; the first panel overwrites it. */
    private void addPanel(WideMatrix matrix, int from, int columns, int ld) {
        int n = matrix.n;
        Object array = matrix.array();
        double beta = from == 0 ? 0 : 1;
        // The panel keeps the direction in which the source is contiguous.
        if (matrix.colStride <= matrix.rowStride) {
            int panelLd = leadingDimension(columns);
            for (int i = 0; i < n; i++) {
                stager.copy(array, matrix.index(i, from), matrix.colStride, columns, panel, (long) i * panelLd);
            }
            lapack.syrk(true, n, columns, panel, panelLd, beta, gram, ld);
        } else {
            for (int j = 0; j < columns; j++) {
                stager.copy(array, matrix.index(0, from + j), matrix.rowStride, n, panel, (long) j * ld);
            }
            lapack.syrk(false, n, columns, panel, ld, beta, gram, ld);
        }
    }

    @Override
    public void close() {
        scope.close();
    }

    private static int panelColumns(int n) {
        return Math.max(MIN_PANEL_COLUMNS, PANEL / n);
    }

    private int leadingDimension(int length) {
        int line = lapack.perLine();
        return (length + line - 1) / line * line + line;
    }
}
