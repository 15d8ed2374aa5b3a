/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Locale;

/**
 * Who computes the dense linear algebra.
 *
 * <p>The system property {@value #PROPERTY} (one of {@code auto}, {@code lapack}, {@code java}, {@code nd4j}) replaces
 * {@link #AUTO}; a back end that is named in code stays as named.
 *
 * @since 0.1.0
 */
public enum KernelBackend {
    /** {@link #LAPACK} where its native library loads, else {@link #JAVA}. The default. */
    AUTO,
    /** LAPACK and BLAS of {@code org.bytedeco:openblas}, called directly. Natives come with {@code nd4j-native}. */
    LAPACK,
    /** Pure Java in double precision, on commons-math3; needs no native library and never touches BLAS threads. */
    JAVA,
    /** ND4J's own LAPACK wrapper; only when asked for. On CUDA this is cusolver. */
    ND4J;

    /** Name of the system property that stands in for {@link #AUTO}. */
    public static final String PROPERTY = "dl4jdynamics.kernels";

    /** The back end that really computes: never {@link #AUTO}, and usable. */
    KernelBackend resolve() {
        KernelBackend wanted = this == AUTO ? fromProperty() : this;
        if (wanted == AUTO) {
            return LapackProbe.isUsable() ? LAPACK : JAVA;
        }
        if (wanted == LAPACK && !LapackProbe.isUsable()) {
            throw new IllegalStateException("kernel back end LAPACK cannot be used: " + LapackProbe.reason()
                    + "; add org.bytedeco:openblas with the classifier of this platform, or take AUTO or JAVA");
        }
        return wanted;
    }

    private static KernelBackend fromProperty() {
        String value = System.getProperty(PROPERTY, "auto");
        for (KernelBackend backend : values()) {
            if (backend.name().equals(value.trim().toUpperCase(Locale.ROOT))) {
                return backend;
            }
        }
        throw new IllegalArgumentException(
                "system property " + PROPERTY + " must be auto, lapack, java or nd4j, got '" + value + "'");
    }
}
