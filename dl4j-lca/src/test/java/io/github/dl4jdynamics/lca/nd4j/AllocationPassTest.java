/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** A network large enough to be passed over by several threads, against the definition. */
class AllocationPassTest {
    private static final int LENGTH = 700_000;

    /** An array in columns, one in rows, a gap as a mask leaves it, and a few single parameters. */
    private static final List<UnitSlice> SLICES = List.of(
            new UnitSlice(0, 0, 300_000, 3_000, 100, 0),
            new UnitSlice(1, 300_000, 650_003, 1, 7, 100),
            new UnitSlice(2, 650_010, LENGTH, LENGTH, 1, 107));

    static Stream<Arguments> copied() {
        return Stream.of(
                Arguments.of(DataType.FLOAT16, 1),
                Arguments.of(DataType.FLOAT16, 2),
                Arguments.of(DataType.FLOAT, 2),
                Arguments.of(DataType.DOUBLE, 2));
    }

    /** Whole numbers, which all types hold and all orders of summation add up alike. */
    private static INDArray numbers(DataType type, int stride, int period) {
        double[] rows = new double[LENGTH * stride];
        Arrays.setAll(rows, i -> i % period - period / 2);
        return Nd4j.createFromArray(rows).reshape(LENGTH, stride).castTo(type).getColumn(0);
    }

    @ParameterizedTest
    @MethodSource("copied")
    void vectorsThatHaveToBeCopied_giveTheSame(DataType type, int stride) {
        INDArray theta = numbers(type, stride, 7);
        INDArray next = numbers(type, stride, 5);
        INDArray sum = numbers(type, stride, 11);
        INDArray end = numbers(type, stride, 3);
        assertThat(theta.elementWiseStride()).isEqualTo(stride);
        AllocationSums sums = new AllocationSums(3, 108);
        ParameterTotals totals = new ParameterTotals(type, LENGTH, true);

        new AllocationPass(SLICES, theta.ulike())
                .allocate(new PathSegment(theta, next, sum, 0.5, end, 1), sums, totals);

        INDArray products = sum.castTo(DataType.DOUBLE)
                .mul(0.5)
                .addi(end.castTo(DataType.DOUBLE))
                .muli(next.castTo(DataType.DOUBLE).sub(theta.castTo(DataType.DOUBLE)));
        double[] expected = products.toDoubleVector();
        double[] found = totals.sums();
        for (UnitSlice slice : SLICES) {
            double array = 0;
            long helped = 0;
            for (int p = (int) slice.from; p < slice.to; p++) {
                array += expected[p];
                helped += expected[p] < 0 ? 1 : 0;
                expected[p] += 0.0; // no negative zeros
            }
            int from = (int) slice.from;
            int to = (int) slice.to;
            assertThat(Arrays.copyOfRange(found, from, to)).isEqualTo(Arrays.copyOfRange(expected, from, to));
            assertThat(sums.arrays()[slice.array]).isEqualTo(array);
            assertThat(sums.helped()[slice.array]).isEqualTo(helped);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void passAfterOneThatFailed_knowsNothingOfIt(DataType type) {
        INDArray theta = Nd4j.zeros(type, LENGTH);
        INDArray next = Nd4j.ones(type, LENGTH);
        INDArray gradient = Nd4j.ones(type, LENGTH);
        // The last parts find no gradient.
        INDArray tooShort = Nd4j.ones(type, LENGTH / 2);
        AllocationPass pass = new AllocationPass(SLICES, theta.ulike());

        assertThatThrownBy(() ->
                        pass.sum(new PathSegment(theta, next, tooShort, 1, tooShort, 0), new AllocationSums(3, 108)))
                .isInstanceOf(RuntimeException.class);
        AllocationSums sums = new AllocationSums(3, 108);
        pass.sum(new PathSegment(theta, next, gradient, 1, gradient, 0), sums);

        assertThat(sums.arrays()).containsExactly(300_000, 350_003, LENGTH - 650_010);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void vectorsOfASegment_areNotKeptAlive(DataType type) throws InterruptedException {
        AllocationPass pass = new AllocationPass(SLICES, Nd4j.zeros(type, LENGTH));
        WeakReference<INDArray> vector = sum(pass, type);

        for (int i = 0; i < 50 && vector.get() != null; i++) {
            System.gc();
            Thread.sleep(20);
        }

        assertThat(vector.get()).isNull();
        assertThat(pass).isNotNull();
    }

    private static WeakReference<INDArray> sum(AllocationPass pass, DataType type) {
        INDArray vector = Nd4j.ones(type, LENGTH);
        pass.sum(new PathSegment(vector, vector, vector, 1, vector, 1), new AllocationSums(3, 108));
        return new WeakReference<>(vector);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void segmentsOfTwoLosses_areBookedApart(DataType type) {
        INDArray theta = Nd4j.zeros(type, LENGTH);
        INDArray next = Nd4j.ones(type, LENGTH);
        PathSegment first = new PathSegment(theta, next, Nd4j.ones(type, LENGTH), 2, next, 0);
        PathSegment second = new PathSegment(theta, next, Nd4j.ones(type, LENGTH), 3, next, 0);
        AllocationPass pass = new AllocationPass(SLICES, theta.ulike());
        AllocationSums sums = new AllocationSums(3, 108);
        pass.sum(first, sums);
        pass.sum(second, sums);

        ParameterTotals ofFirst = new ParameterTotals(type, LENGTH, false);
        pass.book(first, sums, ofFirst);
        ParameterTotals ofSecond = new ParameterTotals(type, LENGTH, false);
        pass.book(second, sums, ofSecond);

        int counted = LENGTH - 7;
        assertThat(Arrays.stream(ofFirst.sums()).sum()).isEqualTo(2.0 * counted);
        assertThat(Arrays.stream(ofSecond.sums()).sum()).isEqualTo(3.0 * counted);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void passes_areTheDefinitionInWhateverThreads(DataType type) {
        Nd4j.getRandom().setSeed(5);
        INDArray theta = Nd4j.randn(type, LENGTH);
        INDArray next = theta.add(Nd4j.randn(type, LENGTH).muli(1e-2));
        INDArray sum = Nd4j.randn(type, LENGTH);
        INDArray end = Nd4j.randn(type, LENGTH);
        PathSegment segment = new PathSegment(theta, next, sum, 0.25, end, 0.75);
        AllocationSums expected = new AllocationSums(3, 108);
        double[] totals = new double[LENGTH];
        double[] from = theta.toDoubleVector();
        double[] to = next.toDoubleVector();
        double[] s = sum.toDoubleVector();
        double[] g = end.toDoubleVector();
        for (UnitSlice slice : SLICES) {
            for (int p = (int) slice.from; p < slice.to; p++) {
                double a = (0.25 * s[p] + 0.75 * g[p]) * (to[p] - from[p]);
                totals[p] = a;
                expected.arrays[slice.array] += a;
                expected.units[slice.unit(p)] += a;
                expected.helped[slice.array] += a < 0 ? 1 : 0;
                expected.hurt[slice.array] += a > 0 ? 1 : 0;
            }
        }
        AllocationPass pass = new AllocationPass(SLICES, theta.ulike());

        AllocationSums apart = new AllocationSums(3, 108);
        ParameterTotals booked = new ParameterTotals(type, LENGTH, true);
        pass.sum(segment, apart);
        pass.book(segment, apart, booked);
        AllocationSums together = new AllocationSums(3, 108);
        pass.allocate(segment, together, new ParameterTotals(type, LENGTH, true));
        AllocationSums shown = new AllocationSums(3, 108);
        List<Double> values = new ArrayList<>();
        pass.book(segment, shown, new ParameterTotals(type, LENGTH, false), (n, piece) -> {
            for (int i = 0; i < n; i++) {
                values.add(piece[i]);
            }
        });

        assertThat(apart.arrays()).containsExactly(expected.arrays(), within(1e-5));
        assertThat(apart.units()).containsExactly(expected.units(), within(1e-5));
        assertThat(apart.helped()).isEqualTo(expected.helped());
        assertThat(apart.hurt()).isEqualTo(expected.hurt());
        assertThat(together.arrays()).isEqualTo(apart.arrays());
        assertThat(together.units()).isEqualTo(apart.units());
        assertThat(together.helped()).isEqualTo(apart.helped());
        assertThat(shown.helped()).isEqualTo(apart.helped());
        assertThat(largestDifference(booked.sums(), totals)).isLessThan(1e-6);
        assertThat(values).hasSize(LENGTH - 7);
        assertThat(values.get(650_003)).isCloseTo(totals[650_010], within(1e-6));
    }

    /** One number to assert: a list of so many conditions takes a minute. */
    private static double largestDifference(double[] a, double[] b) {
        double largest = 0;
        for (int i = 0; i < b.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }
}
