/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The kernels of one channel against one number at a time, at lengths around their strands and runs. */
class ChannelTest {
    private static final double CENTRE = 0.75;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 511, 512, 513, 516, 2049})
    void sums_agreeWithOneNumberAtATime(int length) {
        double[] x = random(length + 3, 1);
        double[] e = random(length + 3, 2);
        double[] w = random(length + 3, 3);
        double sum = 0;
        double squares = 0;
        double products = 0;
        double weighted = 0;
        for (int i = 0; i < length; i++) {
            sum += x[i];
            squares += (x[i] - CENTRE) * (x[i] - CENTRE);
            products += e[i] * (x[i] - CENTRE);
            weighted += w[i] * (x[i] - CENTRE) * (x[i] - CENTRE);
        }

        assertThat(new DoubleChannel().sum(x, length)).isCloseTo(sum, within(1e-10));
        assertThat(new DoubleChannel().squares(x, length, CENTRE)).isCloseTo(squares, within(1e-10));
        assertThat(new DoubleChannel().products(x, e, length, CENTRE)).isCloseTo(products, within(1e-10));
        assertThat(new DoubleChannel().weightedSquares(x, w, length, CENTRE)).isCloseTo(weighted, within(1e-10));
        float centre = (float) CENTRE;
        assertThat(new FloatChannel().sum(floats(x), length)).isCloseTo(sum, within(1e-3));
        assertThat(new FloatChannel().squares(floats(x), length, centre)).isCloseTo(squares, within(1e-2));
        assertThat(new FloatChannel().products(floats(x), floats(e), length, centre))
                .isCloseTo(products, within(1e-2));
        assertThat(new FloatChannel().weightedSquares(floats(x), floats(w), length, centre))
                .isCloseTo(weighted, within(1e-2));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 64, 513})
    void maps_agreeWithOneNumberAtATime_andStopAtTheLength(int length) {
        double[] x = random(length + 3, 1);
        double[] e = random(length + 3, 2);
        double[] w = random(length + 3, 3);
        double[] normal = x.clone();
        double[] back = x.clone();
        double[] weightedBack = x.clone();
        float[] normalFloats = floats(x);
        float[] backFloats = floats(x);
        float[] weightedBackFloats = floats(x);

        new DoubleChannel().normalise(normal, length, CENTRE, 2, 3);
        new DoubleChannel().backward(back, e, length, CENTRE, 2, 3, 4);
        new DoubleChannel().weightedBackward(weightedBack, e, w, length, CENTRE, 2, 3, 4);
        new FloatChannel().normalise(normalFloats, length, (float) CENTRE, 2, 3);
        new FloatChannel().backward(backFloats, floats(e), length, (float) CENTRE, 2, 3, 4);
        new FloatChannel().weightedBackward(weightedBackFloats, floats(e), floats(w), length, (float) CENTRE, 2, 3, 4);

        for (int i = 0; i < x.length; i++) {
            double n = i < length ? (x[i] - CENTRE) * 2 + 3 : x[i];
            double b = i < length ? e[i] * 2 + (x[i] - CENTRE) * 3 + 4 : x[i];
            double wb = i < length ? e[i] * 2 + w[i] * ((x[i] - CENTRE) * 3 + 4) : x[i];
            assertThat(normal[i]).isCloseTo(n, within(1e-12));
            assertThat(back[i]).isCloseTo(b, within(1e-12));
            assertThat(weightedBack[i]).isCloseTo(wb, within(1e-12));
            assertThat(normalFloats[i]).isCloseTo((float) n, within(1e-5f));
            assertThat(backFloats[i]).isCloseTo((float) b, within(1e-5f));
            assertThat(weightedBackFloats[i]).isCloseTo((float) wb, within(1e-5f));
        }
    }

    private static double[] random(int length, int seed) {
        return new Random(seed).doubles(length, -1, 2).toArray();
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
