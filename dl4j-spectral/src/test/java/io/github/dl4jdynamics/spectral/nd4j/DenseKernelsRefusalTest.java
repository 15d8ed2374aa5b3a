/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels.Triangle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DenseKernelsRefusalTest {

    static Stream<Arguments> methods() {
        return Stream.of(KernelBackend.LAPACK, KernelBackend.JAVA, KernelBackend.ND4J)
                .map(DenseKernels::of)
                .flatMap(kernels -> Stream.of(
                        method(kernels, "symmetricEigenvalues", DenseKernels::symmetricEigenvalues),
                        method(kernels, "symmetricEigen", DenseKernels::symmetricEigen),
                        method(kernels, "singularValues", DenseKernels::singularValues),
                        method(kernels, "thinQr", DenseKernels::thinQr),
                        method(kernels, "cholesky", DenseKernels::cholesky),
                        method(kernels, "solveTriangular", (k, a) -> k.solveTriangular(Triangle.LOWER, a, a))));
    }

    private static Arguments method(DenseKernels kernels, String name, BiConsumer<DenseKernels, INDArray> call) {
        return Arguments.of(kernels, name, call);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("methods")
    void everyKernel_refusesOtherRanks(DenseKernels kernels, String name, BiConsumer<DenseKernels, INDArray> call) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> call.accept(kernels, Nd4j.ones(DataType.DOUBLE, 3, 3, 2)))
                .withMessage("array given to " + name
                        + " must be a matrix (rank 2), got rank 3 with shape [3, 3, 2]; reshape it first");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> call.accept(kernels, Nd4j.ones(DataType.DOUBLE, 3)))
                .withMessageContaining("got rank 1 with shape [3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> call.accept(kernels, Nd4j.scalar(2.0)))
                .withMessageContaining("got rank 0 with shape []");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("methods")
    void everyKernel_refusesEmptyMatrices(DenseKernels kernels, String name, BiConsumer<DenseKernels, INDArray> call) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> call.accept(kernels, Nd4j.create(DataType.DOUBLE, 0, 3)))
                .withMessage("matrix given to " + name + " must have at least one entry, got shape [0, 3]");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("methods")
    void everyKernel_refusesIntegers(DenseKernels kernels, String name, BiConsumer<DenseKernels, INDArray> call) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> call.accept(kernels, Nd4j.ones(DataType.INT32, 2, 2)))
                .withMessage("matrix given to " + name + " must hold floating-point numbers, got " + DataType.INT32
                        + "; use castTo(DataType.DOUBLE)");
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("methods")
    void everyKernel_refusesNonFinite(DenseKernels kernels, String name, BiConsumer<DenseKernels, INDArray> call) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
                INDArray a = Nd4j.eye(3).castTo(type).putScalar(2, 1, bad);

                assertThatIllegalArgumentException()
                        .isThrownBy(() -> call.accept(kernels, a))
                        .withMessage("matrix given to " + name + " must be finite, but entry (2, 1) is " + bad);
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("methods")
    void kernelsOfSquareMatrices_refuseOthers(
            DenseKernels kernels, String name, BiConsumer<DenseKernels, INDArray> call) {
        if (name.equals("singularValues") || name.equals("thinQr")) {
            return;
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> call.accept(kernels, Nd4j.ones(DataType.DOUBLE, 3, 2)))
                .withMessage("matrix given to " + name + " must be square, got shape [3, 2]");
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void cholesky_ofIndefinite_namesTheBlock(KernelBackend backend) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE)) {
            INDArray indefinite = Nd4j.eye(4).castTo(type).putScalar(2, 2, -1);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DenseKernels.of(backend).cholesky(indefinite))
                    .withMessage("matrix given to cholesky must be positive definite, but its leading block of order 3"
                            + " is not; add a small multiple of the identity");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void cholesky_ofSingular_isRefused(KernelBackend backend) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DenseKernels.of(backend).cholesky(Nd4j.zeros(DataType.DOUBLE, 2, 2)))
                .withMessageContaining("leading block of order 1");
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void solveTriangular_ofSingularOrMismatched_isRefused(KernelBackend backend) {
        DenseKernels kernels = DenseKernels.of(backend);
        INDArray singular = Nd4j.eye(3).castTo(DataType.DOUBLE).putScalar(1, 1, 0);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.solveTriangular(Triangle.UPPER, singular, singular))
                .withMessage(
                        "matrix given to solveTriangular must have no zero on its diagonal, but entry (1, 1) is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> kernels.solveTriangular(Triangle.UPPER, Nd4j.eye(3), Nd4j.ones(2, 3)))
                .withMessage("right-hand side given to solveTriangular must have as many rows as the matrix (3),"
                        + " got shape [2, 3]");
    }
}
