/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jdynamics.spectral.nd4j.Matrices.distance;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.identity;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.random;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.rows;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.times;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** {@link DenseKernels#orthonormalize} by every back end, beside {@link DenseKernels#thinQr}. */
class OrthonormalizeTest {
    private static final List<KernelBackend> BACKENDS =
            List.of(KernelBackend.LAPACK, KernelBackend.JAVA, KernelBackend.ND4J);

    static Stream<Arguments> everything() {
        return BACKENDS.stream().flatMap(backend -> Stream.of(
                        DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
                .flatMap(type -> Arrays.stream(Layout.values()).map(layout -> Arguments.of(backend, type, layout))));
    }

    static Stream<Arguments> types() {
        return BACKENDS.stream().flatMap(backend -> Stream.of(DataType.DOUBLE, DataType.FLOAT)
                .map(type -> Arguments.of(backend, type)));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void columns_becomeTheFactorOfThinQr(KernelBackend backend, DataType type, Layout layout) {
        for (int[] shape : new int[][] {{12, 7}, {8, 8}, {9, 1}, {1, 1}, {40, 33}}) {
            INDArray a = layout.of(random(shape[0], shape[1], 5), type);
            double[][] expected =
                    rows(DenseKernels.of(KernelBackend.JAVA).thinQr(a).q());

            DenseKernels.of(backend).orthonormalize(a);

            double tolerance = 100 * epsilon(type);
            assertThat(distance(rows(a), expected))
                    .as("%s", Arrays.toString(shape))
                    .isLessThan(shape[0] == shape[1] ? 20 * tolerance : tolerance);
            assertOrthonormal(a, type);
            assertThat(a.dataType()).isEqualTo(type);
        }
    }

    /** A view must not touch what lies around it. */
    @ParameterizedTest
    @MethodSource("types")
    void views_leaveTheirSurroundingsAlone(KernelBackend backend, DataType type) {
        INDArray flat = Nd4j.valueArrayOf(new long[] {6 * 3 + 10}, -77.0, type);
        INDArray view = flat.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(4, 4 + 18))
                .reshape('f', 6, 3);
        view.assign(Nd4j.createFromArray(random(6, 3, 2)).castTo(type));

        DenseKernels.of(backend).orthonormalize(view);

        assertOrthonormal(view, type);
        for (int i = 0; i < 28; i++) {
            if (i < 4 || i >= 22) {
                assertThat(flat.getDouble(i)).isEqualTo(-77);
            }
        }
    }

    /** The first columns span the same space, whatever comes after them. */
    @ParameterizedTest
    @MethodSource("types")
    void dependentColumns_becomeOrthonormalAllTheSame(KernelBackend backend, DataType type) {
        double[][] a = random(10, 5, 3);
        for (double[] row : a) {
            row[2] = row[0] - 2 * row[1];
            row[4] = row[3];
        }
        INDArray columns = Layout.COLUMN_MAJOR.of(a, type);

        DenseKernels.of(backend).orthonormalize(columns);

        assertOrthonormal(columns, type);
        assertSpans(columns, a, 2, type);
    }

    @ParameterizedTest
    @MethodSource("types")
    void nearlyDependentColumns_becomeOrthonormalAllTheSame(KernelBackend backend, DataType type) {
        for (double distance : new double[] {1e-2, 1e-4, 1e-6, 1e-8, 1e-10, 1e-13, 1e-15}) {
            double[][] a = random(20, 4, 8);
            for (double[] row : a) {
                row[1] = row[0] + distance * row[1];
                row[3] = row[0] + row[2] + distance * row[3];
            }
            INDArray columns = Layout.COLUMN_MAJOR.of(a, type);

            DenseKernels.of(backend).orthonormalize(columns);

            assertOrthonormal(columns, type);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void zeroColumns_becomeOrthonormalAllTheSame(KernelBackend backend, DataType type) {
        for (int zero : new int[] {0, 2, 4}) {
            double[][] a = random(9, 5, 4);
            for (double[] row : a) {
                row[zero] = 0;
            }
            INDArray columns = Layout.COLUMN_MAJOR.of(a, type);

            DenseKernels.of(backend).orthonormalize(columns);

            assertOrthonormal(columns, type);
        }
        INDArray zeros = Nd4j.create(type, new long[] {5, 3}, 'f');
        DenseKernels.of(backend).orthonormalize(zeros);
        assertOrthonormal(zeros, type);
    }

    /** Lengths do not matter to Q unless rounding has eaten the directions; not even at the ends of the number range. */
    @ParameterizedTest
    @MethodSource("types")
    void columnsOfAnyLength_becomeTheFactorOfTheScaledOnes(KernelBackend backend, DataType type) {
        double[] powers = type == DataType.DOUBLE
                ? new double[] {1e-310, 1e-300, 1e-30, 1e30, 1e150, 1e300}
                : new double[] {1e-40, 1e-37, 1e-20, 1e20, 1e37};
        for (double power : powers) {
            INDArray columns = Layout.COLUMN_MAJOR.of(scaled(random(12, 4, 6), power, power, power, power), type);
            double[][] before = rows(columns);

            DenseKernels.of(backend).orthonormalize(columns);

            assertOrthonormal(columns, type);
            boolean denormal = power == 1e-310 || power == 1e-40;
            assertThat(distance(rows(columns), factor(before)))
                    .as("scale %s", power)
                    .isLessThan(denormal ? 1e-3 : 100 * epsilon(type));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void columnsOfDifferentLengths_becomeTheFactorOfTheScaledOnes(KernelBackend backend, DataType type) {
        double small = type == DataType.DOUBLE ? 1e-9 : 1e-3;
        INDArray columns = Layout.COLUMN_MAJOR.of(scaled(random(12, 4, 6), 1, small, 30, small), type);
        double[][] before = rows(columns);

        DenseKernels.of(backend).orthonormalize(columns);

        assertOrthonormal(columns, type);
        assertThat(distance(rows(columns), factor(before))).isLessThan(100 * epsilon(type) / small);
    }

    @ParameterizedTest
    @MethodSource("types")
    void nonFinite_isRefusedAndLeftAsItWas(KernelBackend backend, DataType type) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            for (Layout layout : List.of(Layout.COLUMN_MAJOR, Layout.ROW_MAJOR)) {
                INDArray columns = layout.of(random(6, 3, 1), type).putScalar(2, 1, bad);
                double[][] before = rows(columns);

                assertThatIllegalArgumentException()
                        .isThrownBy(() -> DenseKernels.of(backend).orthonormalize(columns))
                        .withMessageContaining("must be finite, but entry (2, 1) is " + bad);

                assertThat(Arrays.deepEquals(rows(columns), before)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void otherArrays_areRefusedAndLeftAsTheyWere(KernelBackend backend) {
        DenseKernels kernels = DenseKernels.of(backend);
        INDArray wide = Layout.COLUMN_MAJOR.of(random(3, 4, 1), DataType.DOUBLE);
        double[][] before = rows(wide);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.orthonormalize(wide))
                .withMessage(
                        "matrix given to orthonormalize must have at least as many rows as columns, got shape [3, 4]");
        assertThat(rows(wide)).isDeepEqualTo(before);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.orthonormalize(Nd4j.ones(DataType.DOUBLE, 3)))
                .withMessageStartingWith("array given to orthonormalize must be a matrix (rank 2), got rank 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.orthonormalize(Nd4j.ones(DataType.INT32, 3, 2)))
                .withMessageStartingWith("matrix given to orthonormalize must hold floating-point numbers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.orthonormalize(Nd4j.create(DataType.DOUBLE, 0, 3)))
                .withMessageStartingWith("matrix given to orthonormalize must have at least one entry");
    }

    @ParameterizedTest
    @MethodSource("types")
    void openWorkspace_keepsNothing(KernelBackend backend, DataType type) {
        INDArray columns = Layout.COLUMN_MAJOR.of(random(6, 3, 1), type);
        INDArray strided = Layout.ROW_MAJOR.of(random(6, 3, 1), type);

        try (MemoryWorkspace workspace = Nd4j.getWorkspaceManager()
                .getAndActivateWorkspace(
                        WorkspaceConfiguration.builder().initialSize(1 << 20).build(), "ORTHONORMALIZE_TEST")) {
            assertThat(workspace.isScopeActive()).isTrue();
            DenseKernels.of(backend).orthonormalize(columns);
            DenseKernels.of(backend).orthonormalize(strided);
        }

        assertThat(columns.isAttached()).isFalse();
        assertOrthonormal(columns, type);
        assertThat(distance(rows(strided), rows(columns))).isLessThan(100 * epsilon(type));
    }

    private static void assertOrthonormal(INDArray q, DataType type) {
        double[][] rows = rows(q);
        assertThat(distance(times(transpose(rows), rows), identity(rows[0].length)))
                .isLessThan(30 * epsilon(type));
    }

    /** The first columns of Q are combinations of the first of A, and A's of Q's. */
    private static void assertSpans(INDArray q, double[][] a, int columns, DataType type) {
        double[][] basis =
                Arrays.stream(rows(q)).map(r -> Arrays.copyOf(r, columns)).toArray(double[][]::new);
        double[][] given = Arrays.stream(a).map(r -> Arrays.copyOf(r, columns)).toArray(double[][]::new);
        assertThat(distance(times(basis, times(transpose(basis), given)), given))
                .isLessThan(100 * epsilon(type));
    }

    /** Q of the columns brought to comparable lengths, in double. */
    private static double[][] factor(double[][] a) {
        double[] lengths = new double[a[0].length];
        for (int j = 0; j < lengths.length; j++) {
            double largest = 0;
            for (double[] row : a) {
                largest = Math.max(largest, Math.abs(row[j]));
            }
            lengths[j] = 1 / largest;
        }
        double[][] scaled = new double[a.length][lengths.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < lengths.length; j++) {
                scaled[i][j] = Double.isInfinite(lengths[j]) ? a[i][j] * 1e300 * 1e10 : a[i][j] * lengths[j];
            }
        }
        return rows(DenseKernels.of(KernelBackend.JAVA)
                .thinQr(Nd4j.createFromArray(scaled))
                .q());
    }

    private static double[][] scaled(double[][] a, double... factors) {
        for (double[] row : a) {
            for (int j = 0; j < row.length; j++) {
                row[j] *= factors[j];
            }
        }
        return a;
    }

    private static double epsilon(DataType type) {
        switch (type) {
            case DOUBLE:
                return Math.ulp(1.0);
            case FLOAT:
                return Math.ulp(1f);
            case HALF:
                return 0x1p-10;
            default:
                return 0x1p-7;
        }
    }
}
