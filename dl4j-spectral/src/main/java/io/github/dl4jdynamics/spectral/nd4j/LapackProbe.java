/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the native LAPACK loads and computes; found out once per class loader by a problem of order two. */
final class LapackProbe {

    private static final Logger log = LoggerFactory.getLogger(LapackProbe.class);

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
                double[] values = new LapackKernels().eigenvalues(ColumnMajor.of(2, 2, new double[] {2, 1, 1, 2}));
                if (Math.abs(values[0] - 1) + Math.abs(values[1] - 3) < 1e-12) {
                    return null;
                }
                return "a test problem with the eigenvalues 1 and 3 gave " + values[0] + " and " + values[1];
            } catch (LinkageError | RuntimeException e) {
                // A missing class, a missing native library and a broken one all end here.
                log.debug("LAPACK of org.bytedeco:openblas is not usable", e);
                return e.toString();
            }
        }
    }
}
