/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the native triangular products can be trusted, found out once for each precision.
 *
 * <p>DL4J-M2.1: its OpenBLAS 0.3.19 computes trsm, trmm and symm wrongly in double on processors with AVX-512
 * (OpenBLAS pull request 3510), and with them, without a word, potrf, geqrf, ormtr and whatever else applies blocks of
 * reflections. Unblocked routines, gemm and syrk are right.
 */
final class TriangularProbe {

    private static final Logger log = LoggerFactory.getLogger(TriangularProbe.class);

    private static final int ORDER = 24;

    private TriangularProbe() {}

    static boolean isSound(Lapack<?> lapack) {
        return lapack instanceof FloatLapack ? Floats.SOUND : Doubles.SOUND;
    }

    private static final class Doubles {
        static final boolean SOUND = probe(new DoubleLapack(), ColumnMajor.of(ORDER, ORDER, new double[ORDER * ORDER]));
    }

    private static final class Floats {
        static final boolean SOUND = probe(new FloatLapack(), ColumnMajor.of(ORDER, ORDER, new float[ORDER * ORDER]));
    }

    /** Solves {@code L X = L}; no two columns are alike, as what goes wrong is their order. */
    private static <P extends Pointer> boolean probe(Lapack<P> lapack, ColumnMajor triangle) {
        for (int j = 0; j < ORDER; j++) {
            triangle.set(j, j, 4 + j);
            for (int i = j + 1; i < ORDER; i++) {
                triangle.set(i, j, Math.cos(i * j));
            }
        }
        double error = 0;
        try (NativeScope scope = new NativeScope()) {
            P a = lapack.array(scope, ORDER * ORDER);
            P x = lapack.array(scope, ORDER * ORDER);
            lapack.put(triangle, a);
            lapack.put(triangle, x);
            lapack.trsm(DenseKernels.Triangle.LOWER, ORDER, ORDER, a, x);
            for (int i = 0; i < ORDER * ORDER; i++) {
                error = Math.max(error, Math.abs(lapack.get(x, i) - (i % (ORDER + 1) == 0 ? 1 : 0)));
            }
        }
        // Written so that NaN is an error.
        boolean sound = error < 1e-4;
        if (!sound) {
            log.warn(
                    "OpenBLAS computes triangular systems wrongly in {} on this processor (a defect of 0.3.19 with"
                            + " AVX-512). Decompositions here avoid them at some cost in speed; other users of LAPACK in"
                            + " this process may get wrong results. The environment variable OPENBLAS_CORETYPE=Haswell"
                            + " avoids the defect",
                    triangle.isFloat() ? "FLOAT" : "DOUBLE");
        }
        return sound;
    }
}
