/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.bytedeco.openblas.global.openblas;

/** The thread count of the OpenBLAS library that ND4J's CPU back end computes with, too. */
final class OpenBlas {

    private static final String[] VARIABLES = {"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"};

    private OpenBlas() {}

    static int threads() {
        // The binding tells the count that was set last, -1 before ND4J or anybody else has set one.
        int count = openblas.blas_get_num_threads();
        return count > 0 ? count : initialThreads();
    }

    static void threads(int count) {
        openblas.blas_set_num_threads(count);
    }

    /** What the library starts with. */
    private static int initialThreads() {
        for (String variable : VARIABLES) {
            String value = System.getenv(variable);
            if (value != null && value.matches("[1-9][0-9]{0,3}")) {
                return Integer.parseInt(value);
            }
        }
        return Runtime.getRuntime().availableProcessors();
    }
}
