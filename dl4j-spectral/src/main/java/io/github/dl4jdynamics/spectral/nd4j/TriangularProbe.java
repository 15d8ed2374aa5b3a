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
        static final boolean SOUND = probe(new DoubleLapack(), "double");
    }

    private static final class Floats {
        static final boolean SOUND = probe(new FloatLapack(), "float");
    }

    /** Solves {@code L X = L}; no two columns are alike, as what goes wrong is their order. */
    private static <P extends Pointer> boolean probe(Lapack<P> lapack, String precision) {
        double[] triangle = new double[ORDER * ORDER];
        for (int j = 0; j < ORDER; j++) {
            triangle[j * ORDER + j] = 4 + j;
            for (int i = j + 1; i < ORDER; i++) {
                triangle[j * ORDER + i] = Math.cos(i * j);
            }
        }
        double error = 0;
        try (NativeScope scope = new NativeScope()) {
            P a = lapack.array(scope, triangle.length);
            P x = lapack.array(scope, triangle.length);
            lapack.put(triangle, triangle.length, a);
            lapack.put(triangle, triangle.length, x);
            lapack.trsm(DenseKernels.Triangle.LOWER, ORDER, ORDER, a, x);
            for (int i = 0; i < triangle.length; i++) {
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
                    precision);
        }
        return sound;
    }
}
