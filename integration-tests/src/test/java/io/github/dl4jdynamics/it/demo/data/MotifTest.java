/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.util.EnumMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class MotifTest {
    private static final double STEP = 0.01;

    /** Geometry of the figure: pi r^2, and so on; the star is ten triangles. */
    @ParameterizedTest
    @CsvSource({
        "DISC, 2.5447", // pi 0.9^2
        "RING, 1.8850", // pi (0.95^2 - 0.55^2)
        "SQUARE, 2.56", // 1.6^2
        "TRIANGLE, 1.5718", // 3 sqrt(3) 0.55^2
        "CROSS, 1.8684", // two bars of 2 x 0.54, less their common square
        "STAR, 1.3886", // 5 * 1.05 * 0.45 * sin(36 degrees)
        "DOTS, 0.8171" // 9 pi 0.17^2
    })
    void distance_negativePart_hasTheAreaOfTheFigure(Motif motif, double area) {
        assertThat(area(motif)).isCloseTo(area, within(0.02));
    }

    @Test
    void distance_texturesOfBands_fillAboutHalfOfTheirPatch() {
        double patch = 4 * 0.95 * 0.95 - 2 * (2 * 0.95 - Math.sqrt(2)) * (2 * 0.95 - Math.sqrt(2));

        assertThat(area(Motif.STRIPES) / patch).isBetween(0.4, 0.6);
        assertThat(area(Motif.CHECKERBOARD) / patch).isBetween(0.4, 0.6);
        assertThat(area(Motif.SPIRAL) / Math.PI).isBetween(0.4, 0.6);
    }

    @ParameterizedTest
    @EnumSource
    void distance_beyondReach_isOutside(Motif motif) {
        for (int degree = 0; degree < 360; degree++) {
            double u = Motif.REACH * Math.cos(Math.toRadians(degree));
            double v = Motif.REACH * Math.sin(Math.toRadians(degree));

            assertThat(motif.distance(u, v)).as("%s degrees", degree).isPositive();
            assertThat(motif.distance(2 * u, 2 * v)).as("%s degrees", degree).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void distance_neighbouringPoints_changesNoFasterThanTheyMove(Motif motif) {
        for (double u = -1.3; u < 1.3; u += 0.037) {
            for (double v = -1.3; v < 1.3; v += 0.037) {
                double change = Math.abs(motif.distance(u + 1e-4, v) - motif.distance(u, v));

                // The spiral's arm runs a little oblique to its radius.
                assertThat(change).as("at %s, %s", u, v).isLessThan(1.3e-4 + (nearCentre(motif, u, v) ? 1 : 0));
            }
        }
    }

    @Test
    void distance_rotatedBySymmetry_isTheSame() {
        Map<Motif, Integer> folds = new EnumMap<>(Map.of(
                Motif.DISC, 7, Motif.RING, 11, Motif.SQUARE, 4, Motif.TRIANGLE, 3, Motif.CROSS, 4, Motif.STAR, 5));

        folds.forEach((motif, fold) -> {
            double angle = 2 * Math.PI / fold;
            for (double u = -1.2; u < 1.2; u += 0.17) {
                for (double v = -1.2; v < 1.2; v += 0.17) {
                    double x = Math.cos(angle) * u - Math.sin(angle) * v;
                    double y = Math.sin(angle) * u + Math.cos(angle) * v;
                    assertThat(motif.distance(x, y))
                            .as("%s at %s, %s", motif, u, v)
                            .isCloseTo(motif.distance(u, v), within(1e-9));
                }
            }
        });
    }

    /** The spiral winds ever tighter around its centre. */
    private static boolean nearCentre(Motif motif, double u, double v) {
        return motif == Motif.SPIRAL && Math.hypot(u, v) < 0.15;
    }

    private static double area(Motif motif) {
        int inside = 0;
        for (double u = -1.3 + STEP / 2; u < 1.3; u += STEP) {
            for (double v = -1.3 + STEP / 2; v < 1.3; v += STEP) {
                if (motif.distance(u, v) < 0) {
                    inside++;
                }
            }
        }
        return inside * STEP * STEP;
    }
}
