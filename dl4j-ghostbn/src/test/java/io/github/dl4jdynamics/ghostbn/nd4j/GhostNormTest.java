/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import io.github.dl4jdynamics.ghostbn.math.GroupMoments;
import io.github.dl4jdynamics.ghostbn.math.Grouping;
import io.github.dl4jdynamics.ghostbn.math.SplitRule;
import io.github.dl4jdynamics.ghostbn.math.TailPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Both implementations against the formulas, over shapes, orders, views, types, splits and masks. */
class GhostNormTest {
    private static final double EPS = 1e-5;
    private final Random random = new Random(11);

    static Stream<Arguments> cases() {
        GhostNorm cpu = new CpuGhostNorm();
        GhostNorm nd4j = new Nd4jGhostNorm();
        List<Arguments> cases = new ArrayList<>();
        for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
            for (Layout layout : Layout.values()) {
                for (boolean masked : new boolean[] {false, true}) {
                    cases.add(Arguments.of(cpu, type, layout, SplitRule.ofSize(4), masked));
                    cases.add(Arguments.of(nd4j, type, layout, SplitRule.ofSize(4), masked));
                }
                SplitRule strided = SplitRule.ofSize(4).grouping(Grouping.STRIDED);
                SplitRule remainder =
                        SplitRule.ofSize(4).tailPolicy(TailPolicy.REMAINDER).minimumValues(1);
                for (SplitRule rule : new SplitRule[] {strided, remainder, SplitRule.ofSize(SplitRule.NEVER)}) {
                    cases.add(Arguments.of(cpu, type, layout, rule, false));
                    cases.add(Arguments.of(nd4j, type, layout, rule, true));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} {3} masked {4}")
    @MethodSource("cases")
    void forwardAndBackward_agreeWithTheFormulas(
            GhostNorm norm, DataType type, Layout layout, SplitRule rule, boolean masked) {
        INDArray x = layout.random(9, 5, type, random);
        INDArray dy = layout.random(9, 5, type, random);
        INDArray y = Nd4j.create(type, x.shape());
        INDArray dx = Nd4j.create(type, x.shape());
        Affine affine = Affine.of(new double[] {1.5, -0.5, 1, 2, 0.1}, new double[] {0, 1, -1, 0.5, 3});
        double[][][] values = NaiveGhostNorm.read(x, layout.channelAxis);
        double[][] weights = masked ? weights(9, values[0][0].length) : NaiveGhostNorm.ones(9, values[0][0].length);
        MaskWeights mask = masked
                ? MaskWeights.of(layout.mask(weights, x), x, layout.channelAxis).orElseThrow()
                : null;
        GhostSplit split = rule.split(9, values[0][0].length);
        NaiveGhostNorm expected =
                new NaiveGhostNorm(values, NaiveGhostNorm.read(dy, layout.channelAxis), weights, split, affine, EPS);

        GroupMoments moments = norm.forward(x, y, layout.channelAxis, split, mask, affine, EPS);
        AffineGradient gradient = norm.backward(x, dy, dx, layout.channelAxis, split, mask, moments, affine, EPS);

        double tolerance = type == DataType.DOUBLE ? 1e-11 : 2e-4;
        assertClose(NaiveGhostNorm.read(y, layout.channelAxis), expected.y, tolerance);
        assertClose(NaiveGhostNorm.read(dx, layout.channelAxis), expected.dx, tolerance);
        assertClose(gradient.gamma(), expected.dGamma, tolerance * 10);
        assertClose(gradient.beta(), expected.dBeta, tolerance * 10);
        for (int k = 0; k < split.groups(); k++) {
            for (int c = 0; c < 5; c++) {
                assertThat(moments.mean(k, c)).isCloseTo(expected.mean[k][c], within(tolerance));
                assertThat(moments.variance(k, c)).isCloseTo(expected.variance[k][c], within(tolerance));
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("cases")
    void fixedStatistics_areConstantsOfTheGradient(
            GhostNorm norm, DataType type, Layout layout, SplitRule rule, boolean masked) {
        INDArray x = layout.random(9, 5, type, random);
        INDArray dy = layout.random(9, 5, type, random);
        INDArray y = Nd4j.create(type, x.shape());
        INDArray dx = Nd4j.create(type, x.shape());
        double[] mean = {0.5, -1, 0, 2, 0.25};
        double[] variance = {1, 0.5, 4, 2, 0.01};
        Affine affine = Affine.of(new double[] {1.5, -0.5, 1, 2, 0.1}, new double[] {0, 1, -1, 0.5, 3});
        GroupMoments fixed = GroupMoments.fixed(mean, variance);

        norm.normalise(x, y, layout.channelAxis, fixed, affine, EPS);
        AffineGradient gradient = norm.normaliseBackward(x, dy, dx, layout.channelAxis, fixed, affine, EPS);

        double[][][] in = NaiveGhostNorm.read(x, layout.channelAxis);
        double[][][] inGradient = NaiveGhostNorm.read(dy, layout.channelAxis);
        double[][][] out = new double[9][5][in[0][0].length];
        double[][][] outGradient = new double[9][5][in[0][0].length];
        double[] dGamma = new double[5];
        double[] dBeta = new double[5];
        for (int n = 0; n < 9; n++) {
            for (int c = 0; c < 5; c++) {
                for (int p = 0; p < in[0][0].length; p++) {
                    double s = 1 / Math.sqrt(variance[c] + EPS);
                    double normal = (in[n][c][p] - mean[c]) * s;
                    out[n][c][p] = affine.gamma(c) * normal + affine.beta(c);
                    outGradient[n][c][p] = affine.gamma(c) * s * inGradient[n][c][p];
                    dGamma[c] += normal * inGradient[n][c][p];
                    dBeta[c] += inGradient[n][c][p];
                }
            }
        }
        double tolerance = type == DataType.DOUBLE ? 1e-11 : 2e-4;
        assertClose(NaiveGhostNorm.read(y, layout.channelAxis), out, tolerance);
        assertClose(NaiveGhostNorm.read(dx, layout.channelAxis), outGradient, tolerance);
        assertClose(gradient.gamma(), dGamma, tolerance * 10);
        assertClose(gradient.beta(), dBeta, tolerance * 10);
    }

    @Test
    void largeGroups_inSeveralPatches_agreeWithTheFormulas() {
        Nd4j.getRandom().setSeed(11);
        for (Layout layout : new Layout[] {Layout.NCHW_C, Layout.NHWC_C, Layout.DENSE_C}) {
            INDArray x = layout == Layout.DENSE_C
                    ? Nd4j.rand(DataType.FLOAT, 70_001, 3).muli(3).addi(7)
                    : layout == Layout.NCHW_C
                            ? Nd4j.rand(DataType.FLOAT, 5, 3, 150, 200).addi(100)
                            : Nd4j.rand(DataType.FLOAT, 5, 150, 200, 3).addi(100);
            INDArray dy = Nd4j.rand(DataType.FLOAT, x.shape());
            GhostSplit whole = GhostSplit.whole((int) x.size(0));
            Affine affine = Affine.of(new double[] {1, 2, 3}, new double[] {0, 1, 2});
            double[][][] values = NaiveGhostNorm.read(x, layout.channelAxis);
            double[][] ones = NaiveGhostNorm.ones(values.length, values[0][0].length);
            NaiveGhostNorm expected =
                    new NaiveGhostNorm(values, NaiveGhostNorm.read(dy, layout.channelAxis), ones, whole, affine, EPS);

            for (GhostNorm norm : new GhostNorm[] {new CpuGhostNorm(), new Nd4jGhostNorm()}) {
                INDArray y = Nd4j.create(DataType.FLOAT, x.shape());
                INDArray dx = Nd4j.create(DataType.FLOAT, x.shape());
                GroupMoments moments = norm.forward(x, y, layout.channelAxis, whole, null, affine, EPS);
                AffineGradient gradient =
                        norm.backward(x, dy, dx, layout.channelAxis, whole, null, moments, affine, EPS);

                assertClose(NaiveGhostNorm.read(y, layout.channelAxis), expected.y, 1e-3);
                assertClose(NaiveGhostNorm.read(dx, layout.channelAxis), expected.dx, 1e-3);
                // The rounding of the mean counts once for each value; and ND4J adds 150,000 floats up in float.
                double perValue = norm instanceof CpuGhostNorm ? 1e-6 : 1e-5;
                double tolerance = perValue * values.length * values[0][0].length;
                assertClose(gradient.gamma(), expected.dGamma, tolerance);
                assertClose(gradient.beta(), expected.dBeta, tolerance);
            }
        }
    }

    @Test
    void meanFarFromZero_losesNoDigits() {
        INDArray x = Nd4j.createFromArray(10_000f, 10_001f, 10_002f, 10_003f).reshape(4, 1);
        INDArray y = Nd4j.create(DataType.FLOAT, 4, 1);

        GroupMoments moments = new CpuGhostNorm()
                .forward(x, y, 1, GhostSplit.whole(4), null, Affine.of(new double[] {1}, new double[] {0}), 0);

        assertThat(moments.mean(0, 0)).isEqualTo(10_001.5);
        assertThat(moments.variance(0, 0)).isEqualTo(1.25);
        assertThat(y.getDouble(0)).isCloseTo(-1.5 / Math.sqrt(1.25), within(1e-6));
    }

    @Test
    void groupWithoutWeight_givesBetaAndNoGradient() {
        INDArray mask = Nd4j.createFromArray(1f, 1f, 0f, 0f).reshape(4, 1);
        INDArray x = Nd4j.createFromArray(1f, 3f, 5f, 9f).reshape(4, 1);
        INDArray dy = Nd4j.createFromArray(1f, 2f, 3f, 4f).reshape(4, 1);
        Affine affine = Affine.of(new double[] {2}, new double[] {0.5});
        GhostSplit pairs = SplitRule.ofSize(2).split(4, 1);
        MaskWeights weights = MaskWeights.of(mask, x, 1).orElseThrow();

        for (GhostNorm norm : new GhostNorm[] {new CpuGhostNorm(), new Nd4jGhostNorm()}) {
            INDArray y = Nd4j.create(DataType.FLOAT, 4, 1);
            INDArray dx = Nd4j.create(DataType.FLOAT, 4, 1);
            GroupMoments moments = norm.forward(x, y, 1, pairs, weights, affine, EPS);
            norm.backward(x, dy, dx, 1, pairs, weights, moments, affine, EPS);

            assertThat(moments.weight(1, 0)).isZero();
            assertThat(y.getDouble(2)).isEqualTo(0.5);
            assertThat(y.getDouble(3)).isEqualTo(0.5);
            assertThat(dx.getDouble(2)).isZero();
            assertThat(dx.getDouble(3)).isZero();
        }
    }

    private double[][] weights(int examples, int positions) {
        double[][] weights = new double[examples][positions];
        for (double[] row : weights) {
            Arrays.setAll(row, p -> random.nextInt(3) == 0 ? 0 : random.nextBoolean() ? 1 : 0.5);
        }
        return weights;
    }

    private static void assertClose(double[][][] actual, double[][][] expected, double tolerance) {
        for (int n = 0; n < expected.length; n++) {
            for (int c = 0; c < expected[n].length; c++) {
                assertClose(actual[n][c], expected[n][c], tolerance);
            }
        }
    }

    private static void assertClose(double[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(tolerance * (1 + Math.abs(expected[i]))));
        }
    }

    /** Where the elements lie. */
    enum Layout {
        DENSE_C(1),
        DENSE_F(1),
        DENSE_VIEW(1),
        NCW(1),
        NCW_F(1),
        NWC(2),
        NCHW_C(1),
        NCHW_CHANNELS_FIRST_IN_MEMORY(1),
        NCHW_WINDOW(1),
        NCHW_SINGLE_POSITION(1),
        NHWC_C(3),
        NHWC_FROM_NCHW(3),
        NCDHW(1),
        NDHWC(4);

        private final int channelAxis;

        Layout(int channelAxis) {
            this.channelAxis = channelAxis;
        }

        INDArray random(int n, int c, DataType type, Random random) {
            switch (this) {
                case DENSE_C:
                    return fill(Nd4j.create(type, new long[] {n, c}, 'c'), random);
                case DENSE_F:
                    return fill(Nd4j.create(type, new long[] {n, c}, 'f'), random);
                case DENSE_VIEW:
                    return fill(Nd4j.create(type, new long[] {n + 2, c + 3}, 'c'), random)
                            .get(NDArrayIndex.interval(1, n + 1), NDArrayIndex.interval(2, c + 2));
                case NCW:
                    return fill(Nd4j.create(type, new long[] {n, c, 7}, 'c'), random);
                case NCW_F:
                    return fill(Nd4j.create(type, new long[] {n, c, 7}, 'f'), random);
                case NWC:
                    return fill(Nd4j.create(type, new long[] {n, 7, c}, 'c'), random);
                case NCHW_C:
                    return fill(Nd4j.create(type, new long[] {n, c, 3, 4}, 'c'), random);
                case NCHW_CHANNELS_FIRST_IN_MEMORY:
                    return fill(Nd4j.create(type, new long[] {c, n, 3, 4}, 'c'), random)
                            .permute(1, 0, 2, 3);
                case NCHW_WINDOW:
                    return fill(Nd4j.create(type, new long[] {n, c, 6, 7}, 'c'), random)
                            .get(
                                    NDArrayIndex.all(),
                                    NDArrayIndex.all(),
                                    NDArrayIndex.interval(1, 4),
                                    NDArrayIndex.interval(2, 6));
                case NCHW_SINGLE_POSITION:
                    return fill(Nd4j.create(type, new long[] {n, c, 1, 1}, 'c'), random);
                case NHWC_C:
                    return fill(Nd4j.create(type, new long[] {n, 3, 4, c}, 'c'), random);
                case NHWC_FROM_NCHW:
                    return fill(Nd4j.create(type, new long[] {n, c, 3, 4}, 'c'), random)
                            .permute(0, 2, 3, 1);
                case NCDHW:
                    return fill(Nd4j.create(type, new long[] {n, c, 2, 3, 2}, 'c'), random);
                default:
                    return fill(Nd4j.create(type, new long[] {n, 2, 3, 2, c}, 'c'), random);
            }
        }

        INDArray mask(double[][] weights, INDArray x) {
            INDArray rows = Nd4j.create(weights);
            switch (x.rank()) {
                case 4:
                    long height = channelAxis == 1 ? x.size(2) : x.size(1);
                    return rows.reshape('c', x.size(0), 1, height, weights[0].length / height);
                case 5:
                    return rows.reshape('c', x.size(0), 1, 2, 3, 2);
                default:
                    return rows;
            }
        }

        private static INDArray fill(INDArray array, Random random) {
            for (long i = 0; i < array.length(); i++) {
                array.putScalar(i, random.nextGaussian() * 2 + 1);
            }
            return array;
        }
    }
}
