/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels.Triangle;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jdynamics.spectral.nd4j.Matrices.distance;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.identity;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.rows;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.times;
import static io.github.dl4jdynamics.spectral.nd4j.Matrices.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** What every back end must do with every number type in every memory layout. */
class DenseKernelsContractTest {

    private static final List<KernelBackend> BACKENDS =
            List.of(KernelBackend.LAPACK, KernelBackend.JAVA, KernelBackend.ND4J);
    private static final List<DataType> TYPES =
            List.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16);

    static Stream<Arguments> everything() {
        return BACKENDS.stream().flatMap(backend -> TYPES.stream()
                .flatMap(type -> Arrays.stream(Layout.values()).map(layout -> Arguments.of(backend, type, layout))));
    }

    static Stream<Arguments> types() {
        return BACKENDS.stream().flatMap(backend -> Stream.of(DataType.DOUBLE, DataType.FLOAT)
                .map(type -> Arguments.of(backend, type)));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void symmetricEigenvalues_agreeWithCommonsMath(KernelBackend backend, DataType type, Layout layout) {
        INDArray a = layout.of(Matrices.symmetric(13, 1), type);

        double[] values = DenseKernels.of(backend).symmetricEigenvalues(a);

        double[] expected = new EigenDecomposition(new Array2DRowRealMatrix(rows(a))).getRealEigenvalues();
        Arrays.sort(expected);
        assertThat(values).containsExactly(expected, tolerance(type));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void symmetricEigen_reconstructsWithOrthonormalVectors(KernelBackend backend, DataType type, Layout layout) {
        INDArray a = layout.of(Matrices.symmetric(11, 2), type);
        DenseKernels kernels = DenseKernels.of(backend);

        SymmetricEigen eigen = kernels.symmetricEigen(a);

        double[][] v = rows(eigen.vectors());
        double[][] scaled = times(v, Matrices.diagonal(eigen.values(), 0));
        assertThat(distance(times(transpose(v), v), identity(11))).isLessThan(rounding(type));
        assertThat(distance(times(rows(a), v), scaled)).isLessThan(20 * rounding(type));
        assertThat(distance(times(scaled, transpose(v)), rows(a))).isLessThan(20 * rounding(type));
        assertThat(eigen.values()).isSorted();
        assertThat(eigen.values()).containsExactly(kernels.symmetricEigenvalues(a), tolerance(type));
        assertResultType(eigen.vectors(), type);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void symmetricEigenvalues_ofAnyTriangleAbove_readTheLowerOne(KernelBackend backend, DataType type, Layout layout) {
        double[][] rows = Matrices.symmetric(6, 3);
        double[] expected = DenseKernels.of(backend).symmetricEigenvalues(layout.of(rows, type));
        rows[1][4] = 50;

        double[] values = DenseKernels.of(backend).symmetricEigenvalues(layout.of(rows, type));

        assertThat(values).containsExactly(expected);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void singularValues_ofTallAndWide_agreeWithCommonsMath(KernelBackend backend, DataType type, Layout layout) {
        for (int[] shape : new int[][] {{14, 9}, {9, 14}, {10, 10}}) {
            INDArray a = layout.of(Matrices.random(shape[0], shape[1], 4), type);

            double[] values = DenseKernels.of(backend).singularValues(a);

            double[] expected = new SingularValueDecomposition(new Array2DRowRealMatrix(rows(a))).getSingularValues();
            assertThat(values).containsExactly(expected, tolerance(type));
        }
    }

    @ParameterizedTest
    @MethodSource("everything")
    void thinQr_ofAnyShape_isOrthonormalTimesPositiveTriangle(KernelBackend backend, DataType type, Layout layout) {
        for (int[] shape : new int[][] {{12, 7}, {7, 12}, {8, 8}}) {
            INDArray a = layout.of(Matrices.random(shape[0], shape[1], 5), type);
            int k = Math.min(shape[0], shape[1]);

            ThinQr qr = DenseKernels.of(backend).thinQr(a);

            double[][] q = rows(qr.q());
            double[][] r = rows(qr.r());
            assertThat(qr.q().shape()).containsExactly(shape[0], k);
            assertThat(qr.r().shape()).containsExactly(k, shape[1]);
            assertThat(distance(times(transpose(q), q), identity(k))).isLessThan(rounding(type));
            assertThat(distance(times(q, r), rows(a))).isLessThan(10 * rounding(type));
            for (int i = 0; i < k; i++) {
                assertThat(r[i][i]).isPositive();
                for (int j = 0; j < i; j++) {
                    assertThat(r[i][j]).isZero();
                }
            }
            assertResultType(qr.q(), type);
            assertResultType(qr.r(), type);
        }
    }

    @ParameterizedTest
    @MethodSource("everything")
    void cholesky_givesLowerFactor(KernelBackend backend, DataType type, Layout layout) {
        double[][] rows = Matrices.positiveDefinite(9, 6);
        INDArray a = layout.of(rows, type);

        INDArray factor = DenseKernels.of(backend).cholesky(a);

        double[][] l = rows(factor);
        assertThat(distance(times(l, transpose(l)), rows(a))).isLessThan(100 * rounding(type));
        for (int i = 0; i < 9; i++) {
            assertThat(l[i][i]).isPositive();
            for (int j = i + 1; j < 9; j++) {
                assertThat(l[i][j]).isZero();
            }
        }
        assertResultType(factor, type);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void solveTriangular_ofEveryKind_solves(KernelBackend backend, DataType type, Layout layout) {
        double[][] dense = Matrices.random(8, 8, 7);
        for (int i = 0; i < 8; i++) {
            dense[i][i] = 5 + i;
        }
        INDArray t = layout.of(dense, type);
        INDArray b = layout.of(Matrices.random(8, 3, 8), type);
        for (Triangle triangle : Triangle.values()) {

            INDArray x = DenseKernels.of(backend).solveTriangular(triangle, t, b);

            double[][] op = rows(t);
            for (int i = 0; i < 8; i++) {
                for (int j = 0; j < 8; j++) {
                    op[i][j] = triangle.isLower() ? (j <= i ? op[i][j] : 0) : (j >= i ? op[i][j] : 0);
                }
            }
            op = triangle.isTransposed() ? transpose(op) : op;
            assertThat(distance(times(op, rows(x)), rows(b))).isLessThan(20 * rounding(type));
            assertResultType(x, type);
        }
    }

    @ParameterizedTest
    @MethodSource("everything")
    void everyKernel_leavesItsInputAlone(KernelBackend backend, DataType type, Layout layout) {
        INDArray a = layout.of(Matrices.positiveDefinite(7, 9), type);
        INDArray b = layout.of(Matrices.random(7, 2, 9), type);
        INDArray before = a.dup();
        INDArray beforeB = b.dup();
        DenseKernels kernels = DenseKernels.of(backend);

        kernels.symmetricEigenvalues(a);
        kernels.symmetricEigen(a);
        kernels.singularValues(a);
        kernels.thinQr(a);
        kernels.cholesky(a);
        kernels.solveTriangular(Triangle.LOWER, a, b);

        assertThat(a).isEqualTo(before);
        assertThat(b).isEqualTo(beforeB);
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void everyKernel_ofOneNumber_works(KernelBackend backend) {
        DenseKernels kernels = DenseKernels.of(backend);
        INDArray four = Nd4j.createFromArray(new double[][] {{4}});
        INDArray minusFour = four.neg();

        assertThat(kernels.symmetricEigenvalues(minusFour)).containsExactly(-4);
        assertThat(kernels.symmetricEigen(minusFour).values()).containsExactly(-4);
        assertThat(Math.abs(kernels.symmetricEigen(minusFour).vectors().getDouble(0, 0)))
                .isEqualTo(1);
        assertThat(kernels.singularValues(minusFour)).containsExactly(4);
        assertThat(kernels.thinQr(minusFour).q().getDouble(0, 0)).isEqualTo(-1);
        assertThat(kernels.thinQr(minusFour).r().getDouble(0, 0)).isEqualTo(4);
        assertThat(kernels.cholesky(four).getDouble(0, 0)).isEqualTo(2);
        assertThat(kernels.solveTriangular(Triangle.UPPER, four, minusFour).getDouble(0, 0))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void thinQr_ofRankDeficient_stillReconstructs(KernelBackend backend) {
        double[][] rows = Matrices.random(6, 4, 10);
        for (double[] row : rows) {
            row[1] = 0;
            row[3] = 2 * row[0];
        }
        INDArray a = Nd4j.createFromArray(rows);

        ThinQr qr = DenseKernels.of(backend).thinQr(a);

        double[][] q = rows(qr.q());
        assertThat(distance(times(q, rows(qr.r())), rows)).isLessThan(1e-13);
        assertThat(distance(times(transpose(q), q), identity(4))).isLessThan(1e-13);
        assertThat(qr.r().getDouble(1, 1)).isNotNegative();
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void symmetricEigenvalues_ofZeros_areZeros(KernelBackend backend) {
        INDArray zeros = Nd4j.zeros(DataType.DOUBLE, 5, 5);

        assertThat(DenseKernels.of(backend).symmetricEigenvalues(zeros)).containsOnly(0.0);
        assertThat(DenseKernels.of(backend).singularValues(zeros)).containsOnly(0.0);
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void everyKernel_insideAWorkspace_givesDetachedArrays(KernelBackend backend) {
        WorkspaceConfiguration configuration =
                WorkspaceConfiguration.builder().initialSize(10L << 20).build();
        DenseKernels kernels = DenseKernels.of(backend);
        double[][] spd = Matrices.positiveDefinite(6, 11);
        List<INDArray> results;

        try (MemoryWorkspace workspace =
                Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "KERNELS_" + backend)) {
            INDArray a = Nd4j.createFromArray(spd);
            assertThat(a.isAttached()).isTrue();
            ThinQr qr = kernels.thinQr(a);
            results = List.of(
                    kernels.symmetricEigen(a).vectors(),
                    qr.q(),
                    qr.r(),
                    kernels.cholesky(a),
                    kernels.solveTriangular(Triangle.LOWER, a, a));
            assertThat(workspace.isScopeActive()).isTrue();
            assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isSameAs(workspace);
        }

        assertThat(results).noneMatch(INDArray::isAttached);
        double[][] l = rows(results.get(3));
        assertThat(distance(times(l, transpose(l)), spd)).isLessThan(1e-12);
    }

    @Test
    void singularValues_ofFloats_areComputedInFloatByLapackAndInDoubleByJava() {
        INDArray a = Nd4j.createFromArray(Matrices.random(40, 40, 12)).castTo(DataType.FLOAT);
        double[] exact = DenseKernels.of(KernelBackend.LAPACK).singularValues(a.castTo(DataType.DOUBLE));

        double[] lapack = DenseKernels.of(KernelBackend.LAPACK).singularValues(a);
        double[] java = DenseKernels.of(KernelBackend.JAVA).singularValues(a);

        assertThat(largestDifference(lapack, exact)).isBetween(1e-8, 1e-4);
        assertThat(largestDifference(java, exact)).isLessThan(1e-12);
    }

    @Test
    void solveTriangular_ofFloatMatrixAndDoubleRightHandSide_isDouble() {
        INDArray t = Nd4j.createFromArray(new float[][] {{3, 0}, {1, 7}});
        INDArray b = Nd4j.createFromArray(new double[][] {{1}, {1}});

        for (KernelBackend backend : BACKENDS) {
            INDArray x = DenseKernels.of(backend).solveTriangular(Triangle.LOWER, t, b);

            assertThat(x.dataType()).isEqualTo(DataType.DOUBLE);
            assertThat(x.getDouble(0, 0)).isEqualTo(1.0 / 3, within(1e-16));
            assertThat(x.getDouble(1, 0)).isEqualTo((1 - 1.0 / 3) / 7, within(1e-16));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void largeMatrix_takesBlockedPaths_andIsRight(KernelBackend backend, DataType type) {
        DenseKernels kernels = DenseKernels.of(backend);
        INDArray symmetric = Layout.COLUMN_MAJOR.of(Matrices.positiveDefinite(150, 13), type);
        INDArray tall = Layout.COLUMN_MAJOR.of(Matrices.random(310, 150, 14), type);
        double rounding = 50 * rounding(type);
        try {

            SymmetricEigen eigen = kernels.symmetricEigen(symmetric);
            ThinQr qr = kernels.thinQr(tall);
            double[][] l = rows(kernels.cholesky(symmetric));
            INDArray x = kernels.solveTriangular(Triangle.LOWER, symmetric, tall.get(NDArrayIndex.interval(0, 150)));

            double[][] v = rows(eigen.vectors());
            double[][] q = rows(qr.q());
            assertThat(distance(times(transpose(v), v), identity(150))).isLessThan(rounding);
            assertThat(distance(times(rows(symmetric), v), times(v, Matrices.diagonal(eigen.values(), 0))))
                    .isLessThan(500 * rounding);
            assertThat(distance(times(transpose(q), q), identity(150))).isLessThan(rounding);
            assertThat(distance(times(q, rows(qr.r())), rows(tall))).isLessThan(20 * rounding);
            assertThat(distance(times(l, transpose(l)), rows(symmetric))).isLessThan(200 * rounding);
            assertThat(x.shape()).containsExactly(150, 150);
            DenseKernels java = DenseKernels.of(KernelBackend.JAVA);
            assertThat(kernels.singularValues(tall)).containsExactly(java.singularValues(tall), within(20 * rounding));
            assertThat(kernels.singularValues(tall.transpose()))
                    .containsExactly(java.singularValues(tall), within(20 * rounding));
            assertThat(kernels.symmetricEigenvalues(symmetric))
                    .containsExactly(java.symmetricEigenvalues(symmetric), within(200 * rounding));
        } catch (IllegalStateException refusal) {
            assertThat(backend).isEqualTo(KernelBackend.ND4J);
            assertThat(refusal)
                    .hasMessage("ND4J's LAPACK computes wrong results in " + type + " on this processor, so a matrix of"
                            + " 150 x 150 is refused; take KernelBackend.AUTO, or start with the environment variable"
                            + " OPENBLAS_CORETYPE=Haswell");
        }
    }

    @Test
    void threads_sharingKernels_getTheirOwnResults() {
        List<Consumer<DenseKernels>> calls = Collections.nCopies(4, kernels -> {
            for (int n = 2; n < 30; n++) {
                double[] values = new double[n];
                Arrays.setAll(values, i -> i + 1);
                INDArray diagonal = Nd4j.createFromArray(Matrices.diagonal(values, 0));
                assertThat(kernels.symmetricEigenvalues(diagonal)).containsExactly(values, within(1e-13));
            }
        });
        DenseKernels kernels = DenseKernels.auto();

        calls.parallelStream().forEach(call -> call.accept(kernels));

        assertThat(kernels.backend()).isNotEqualTo(KernelBackend.AUTO);
    }

    private static void assertResultType(INDArray result, DataType inputType) {
        assertThat(result.dataType()).isEqualTo(inputType == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT);
    }

    /** Inputs are rounded to their type before, so only the arithmetic counts. */
    private static double rounding(DataType type) {
        return type == DataType.DOUBLE ? 1e-14 : 3e-6;
    }

    private static Offset<Double> tolerance(DataType type) {
        return within(20 * rounding(type));
    }

    private static double largestDifference(double[] a, double[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }
}
