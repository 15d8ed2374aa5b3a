/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.stream.IntStream;

import org.nd4j.shade.jackson.databind.JsonNode;

/** Eigenvalues that follow a power law exactly: {@code e[i] = (1 - (i + 1/2)/n)^(-1/(alpha - 1))}. */
final class ParetoQuantiles {

    private ParetoQuantiles() {}

    static EigenvalueSpectrum of(JsonNode golden) {
        return of(golden.get("n").intValue(), golden.get("true_alpha").doubleValue());
    }

    static EigenvalueSpectrum of(int n, double alpha) {
        return EigenvalueSpectrum.of(IntStream.range(0, n)
                .mapToDouble(i -> Math.pow(1 - (i + 0.5) / n, -1 / (alpha - 1)))
                .toArray());
    }
}
