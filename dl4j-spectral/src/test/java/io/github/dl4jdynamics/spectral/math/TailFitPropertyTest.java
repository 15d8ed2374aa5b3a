/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;

import com.google.common.primitives.Doubles;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class TailFitPropertyTest {

    private static final TailFitter[] SCALE_FREE = {MedianFit.released(), MedianFit.paper(), new KolmogorovSmirnovFit()
    };

    @Property(tries = 100)
    void alpha_scaledMatrix_staysTheSame(
            @ForAll @IntRange(min = 3, max = 12) int rows,
            @ForAll @IntRange(min = 3, max = 12) int cols,
            @ForAll long seed,
            @ForAll @IntRange(min = -40, max = 40) int exponent) {
        EigenvalueSpectrum spectrum = Matrices.gaussian(seed, rows, cols).spectrum();

        // A power of two rounds nothing: not a bit of the fit may change.
        EigenvalueSpectrum scaled = spectrum.scaled(Math.pow(2, exponent));

        for (TailFitter fitter : SCALE_FREE) {
            TailFit fit = fitter.fit(spectrum);
            assertThat(fitter.fit(scaled).alpha()).isEqualTo(fit.alpha());
            assertThat(fitter.fit(scaled).distance()).isEqualTo(fit.distance());
            assertThat(fitter.fit(scaled).xminIndex()).isEqualTo(fit.xminIndex());
        }
    }

    @Property(tries = 50)
    void alpha_transposedMatrix_staysTheSame(
            @ForAll @IntRange(min = 3, max = 12) int rows,
            @ForAll @IntRange(min = 3, max = 12) int cols,
            @ForAll long seed) {
        Matrices matrix = Matrices.gaussian(seed, rows, cols);

        for (TailFitter fitter : SCALE_FREE) {
            double alpha = fitter.fit(matrix.spectrum()).alpha();
            assertThat(fitter.fit(matrix.transposed().spectrum()).alpha()).isEqualTo(alpha, within(1e-6 * alpha));
        }
    }

    @Property(tries = 300)
    void fit_anyEigenvalues_isFiniteOrSaysWhy(
            @ForAll @Size(min = 1, max = 20) List<@DoubleRange(min = 0, max = 1e12) Double> eigenvalues) {
        EigenvalueSpectrum spectrum = EigenvalueSpectrum.of(Doubles.toArray(eigenvalues));

        for (String name : TailFitters.names()) {
            TailFit fit = TailFitters.named(name).fit(spectrum);
            assertThat(fit.isUsable()).isEqualTo(fit.reason().isEmpty());
            assertThat(fit.isUsable()).isEqualTo(Double.isFinite(fit.alpha()) && fit.alpha() > 1);
            assertThat(fit.isUsable()).isEqualTo(Double.isFinite(fit.standardError()));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {2, 3.5})
    void standardError_repeatedParetoSamples_isTheirSpread(double alpha) {
        Random random = new Random(5);
        int tail = 500;
        double[] estimates = new double[400];
        double reported = 0;
        for (int draw = 0; draw < estimates.length; draw++) {
            // Pareto above 1 for the upper half, as many eigenvalues below: the threshold is the smallest of the tail.
            double[] sample = DoubleStream.concat(
                            DoubleStream.generate(() -> 0.5).limit(tail),
                            random.doubles(tail).map(u -> Math.pow(1 - u, -1 / (alpha - 1))))
                    .toArray();
            TailFit fit = MedianFit.released().fit(EigenvalueSpectrum.of(sample));
            estimates[draw] = fit.alpha();
            reported += fit.standardError() / estimates.length;
        }

        double mean = Arrays.stream(estimates).average().orElseThrow();
        double spread = Math.sqrt(Arrays.stream(estimates)
                .map(estimate -> (estimate - mean) * (estimate - mean))
                .average()
                .orElseThrow());

        assertThat(mean).isEqualTo(alpha, within(0.01 * alpha));
        assertThat(spread).as("400 draws tell it to 3.5 percent").isEqualTo(reported, within(0.12 * reported));
    }

    @Test
    void alpha_orthogonallyTurnedMatrix_staysTheSame() {
        double cos = Math.cos(0.3);
        double sin = Math.sin(0.3);
        double[] w = {4, 1, 0, 0, 2, 1, 1, 0, 1, 0, 3, 2};
        double[] turned = w.clone();
        for (int col = 0; col < 4; col++) {
            turned[col] = cos * w[col] - sin * w[8 + col];
            turned[8 + col] = sin * w[col] + cos * w[8 + col];
        }
        int[] shape = {3, 4};

        for (TailFitter fitter : SCALE_FREE) {
            double alpha = fitter.fit(Matrices.of(w, shape, 1).spectrum()).alpha();
            double alphaTurned =
                    fitter.fit(Matrices.of(turned, shape, 1).spectrum()).alpha();
            assertThat(alphaTurned).isEqualTo(alpha, within(1e-10));
        }
    }
}
