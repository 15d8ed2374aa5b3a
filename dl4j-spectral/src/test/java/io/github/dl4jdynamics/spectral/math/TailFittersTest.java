/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TailFittersTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "median|MedianFit{xminPos=2.0, convention=THRESHOLD_COUNTED}",
                "xmin_mid|MedianFit{xminPos=2.0, convention=THRESHOLD_COUNTED}",
                "median_paper|MedianFit{xminPos=2.0, convention=THRESHOLD_EXCLUDED}",
                "goodness-of-fit|KolmogorovSmirnovFit{}",
                "DKS|KolmogorovSmirnovFit{}",
                "none|KolmogorovSmirnovFit{}",
                "fix-finger|PeakFit{bins=100, lowerBound=RELEASED}",
                "xmin_peak|PeakFit{bins=100, lowerBound=RELEASED}",
                "xmin_peak_corrected|PeakFit{bins=100, lowerBound=CORRECTED}"
            })
    void named_knownName_isThatFit(String name, String settings) {
        assertThat(TailFitters.named(name)).hasToString(settings);
    }

    @Test
    void named_unknownName_listsTheKnownOnes() {
        assertThatThrownBy(() -> TailFitters.named("mean"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name of a tail fit must be one of [median, xmin_mid, median_paper, goodness-of-fit, dks,"
                        + " none, fix-finger, xmin_peak, xmin_peak_corrected], got 'mean'");
    }
}
