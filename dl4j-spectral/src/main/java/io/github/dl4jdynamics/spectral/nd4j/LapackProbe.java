/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.List;

import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the native LAPACK loads and computes rightly; found out once per class loader, on a small matrix. */
final class LapackProbe {

    private static final Logger log = LoggerFactory.getLogger(LapackProbe.class);

    /** Large enough for the blocked code of every processor. */
    private static final int ROWS = 70;

    private static final int COLS = 90;

    private LapackProbe() {}

    static boolean isUsable() {
        return Outcome.REASON == null;
    }

    /** Why LAPACK cannot be used, or null if it can. */
    static String reason() {
        return Outcome.REASON;
    }

    private static final class Outcome {
        static final String REASON = probe();

        private static String probe() {
            try {
                double error = Math.max(error(new DoubleLapack()), 1e-9 * error(new FloatLapack()));
                return error < 1e-12 ? null : "eigenvalues of a test matrix were wrong by " + error;
            } catch (LinkageError | RuntimeException e) {
                // A missing class, a missing native library and a broken one all end here.
                log.debug("LAPACK of org.bytedeco:openblas is not usable", e);
                return e.toString();
            }
        }

        /** Largest difference from pure Java, in units of the largest eigenvalue; infinite for NaN. */
        private static <P extends Pointer> double error(Lapack<P> lapack) {
            double[] entries = new double[ROWS * COLS];
            for (int i = 0; i < entries.length; i++) {
                entries[i] = Math.cos((double) i * i);
            }
            MatrixView matrix = MatrixView.of(entries, ROWS, COLS);
            double[] expected =
                    TridiagonalValues.of(List.of(new JavaGram().reduce(matrix))).get(0);
            try (LapackGram<P> gram = new LapackGram<>(lapack, List.of(new WideMatrix(matrix)))) {
                Tridiagonal reduced = gram.reduce(matrix);
                if (reduced == null) {
                    return Double.POSITIVE_INFINITY;
                }
                double[] values = TridiagonalValues.of(List.of(reduced)).get(0);
                double error = 0;
                for (int i = 0; i < ROWS; i++) {
                    error = Math.max(error, Math.abs(values[i] - expected[i]) / expected[ROWS - 1]);
                }
                return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
            }
        }
    }
}
