/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Both precisions against one number at a time. */
class LanesTest {

    static Stream<Arguments> shapes() {
        Stream.Builder<Arguments> shapes = Stream.builder();
        for (int lanes : new int[] {1, 2, 7, 64}) {
            for (int length : new int[] {0, 1, 5, lanes, lanes * 64, lanes * 64 + 1, lanes * 150 + lanes / 2}) {
                shapes.add(Arguments.of(length, lanes));
            }
        }
        return shapes.build();
    }

    @ParameterizedTest(name = "{0} values in {1} lanes")
    @MethodSource("shapes")
    void sums_agreeWithOneNumberAtATime(int length, int lanes) {
        Numbers n = new Numbers(length, lanes);
        double[][] expected = new double[4][lanes];
        Arrays.stream(expected).forEach(totals -> Arrays.fill(totals, 10));
        for (int i = 0; i < length; i++) {
            int j = i % lanes;
            double d = n.x[i] - n.centre[j];
            expected[0][j] += n.x[i];
            expected[1][j] += d * d;
            expected[2][j] += n.e[i] * d;
            expected[3][j] += n.w[i] * d * d;
        }

        double[][] doubles = new double[4][lanes];
        Arrays.stream(doubles).forEach(totals -> Arrays.fill(totals, 10));
        new DoubleLanes().sum(n.x, length, lanes, doubles[0]);
        new DoubleLanes().squares(n.x, length, lanes, n.centre, doubles[1]);
        new DoubleLanes().products(n.x, n.e, length, lanes, n.centre, doubles[2]);
        new DoubleLanes().weightedSquares(n.x, n.w, length, lanes, n.centre, doubles[3]);
        double[][] floats = new double[4][lanes];
        Arrays.stream(floats).forEach(totals -> Arrays.fill(totals, 10));
        float[] x = floats(n.x);
        new FloatLanes().sum(x, length, lanes, floats[0]);
        new FloatLanes().squares(x, length, lanes, floats(n.centre), floats[1]);
        new FloatLanes().products(x, floats(n.e), length, lanes, floats(n.centre), floats[2]);
        new FloatLanes().weightedSquares(x, floats(n.w), length, lanes, floats(n.centre), floats[3]);

        for (int k = 0; k < 4; k++) {
            assertThat(doubles[k]).containsExactly(expected[k], within(1e-11));
            assertThat(floats[k]).containsExactly(expected[k], within(2e-4));
        }
    }

    @ParameterizedTest(name = "{0} values in {1} lanes")
    @MethodSource("shapes")
    void maps_agreeWithOneNumberAtATime(int length, int lanes) {
        Numbers n = new Numbers(length, lanes);
        double[][] expected = new double[3][n.x.length];
        for (int i = 0; i < n.x.length; i++) {
            int j = i % lanes;
            double d = n.x[i] - n.centre[j];
            boolean inside = i < length;
            expected[0][i] = inside ? d * n.b[j] + n.c[j] : n.x[i];
            expected[1][i] = inside ? n.e[i] * n.a[j] + d * n.b[j] + n.c[j] : n.x[i];
            expected[2][i] = inside ? n.e[i] * n.a[j] + n.w[i] * (d * n.b[j] + n.c[j]) : n.x[i];
        }

        double[][] doubles = {n.x.clone(), n.x.clone(), n.x.clone()};
        new DoubleLanes().normalise(doubles[0], length, lanes, n.centre, n.b, n.c);
        new DoubleLanes().backward(doubles[1], n.e, length, lanes, n.centre, n.a, n.b, n.c);
        new DoubleLanes().weightedBackward(doubles[2], n.e, n.w, length, lanes, n.centre, n.a, n.b, n.c);
        float[][] floats = {floats(n.x), floats(n.x), floats(n.x)};
        float[] centre = floats(n.centre);
        new FloatLanes().normalise(floats[0], length, lanes, centre, floats(n.b), floats(n.c));
        new FloatLanes().backward(floats[1], floats(n.e), length, lanes, centre, floats(n.a), floats(n.b), floats(n.c));
        new FloatLanes()
                .weightedBackward(
                        floats[2],
                        floats(n.e),
                        floats(n.w),
                        length,
                        lanes,
                        centre,
                        floats(n.a),
                        floats(n.b),
                        floats(n.c));

        for (int k = 0; k < 3; k++) {
            assertThat(doubles[k]).containsExactly(expected[k], within(1e-14));
            for (int i = 0; i < n.x.length; i++) {
                assertThat((double) floats[k][i]).isCloseTo(expected[k][i], within(1e-5));
            }
        }
    }

    @Test
    void longSums_keepTheirDigitsInFloat() {
        float[] x = new float[3_000_000];
        Arrays.fill(x, 0.1f);
        double[] total = new double[1];

        new FloatLanes().sum(x, x.length, 1, total);

        assertThat(total[0] / (3_000_000.0 * 0.1f)).isCloseTo(1, within(1e-6));
    }

    @Test
    void notANumber_staysInItsLane() {
        double[] x = {1, Double.NaN, 2, 3, 4, 5};
        double[] totals = new double[3];

        new DoubleLanes().sum(x, 6, 3, totals);

        assertThat(totals).containsExactly(4, Double.NaN, 7);
    }

    private static float[] floats(double[] x) {
        float[] floats = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            floats[i] = (float) x[i];
        }
        return floats;
    }

    /** With three values past the end, which no one may touch. */
    private static final class Numbers {
        private final double[] x;
        private final double[] e;
        private final double[] w;
        private final double[] centre;
        private final double[] a;
        private final double[] b;
        private final double[] c;

        Numbers(int length, int lanes) {
            Random random = new Random(length * 100L + lanes);
            x = random.doubles(length + 3L, -1, 1).toArray();
            e = random.doubles(length + 3L, -1, 1).toArray();
            w = random.doubles(length + 3L, 0, 1).toArray();
            centre = random.doubles(lanes, -1, 1).toArray();
            a = random.doubles(lanes, -1, 1).toArray();
            b = random.doubles(lanes, -1, 1).toArray();
            c = random.doubles(lanes, -1, 1).toArray();
        }
    }
}
