/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.bytedeco.openblas.global.openblas;

/** The thread count of the OpenBLAS library that ND4J's CPU back end computes with, too. */
final class OpenBlas {

    private OpenBlas() {}

    static int threads() {
        return openblas.blas_get_num_threads();
    }

    static void threads(int count) {
        openblas.blas_set_num_threads(count);
    }
}
