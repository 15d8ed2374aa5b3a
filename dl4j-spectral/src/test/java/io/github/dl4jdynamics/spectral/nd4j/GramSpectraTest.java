/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

class GramSpectraTest {

    static Stream<Arguments> backendsAndShapes() {
        int[][] shapes = {{1, 1}, {1, 9}, {9, 1}, {2, 2}, {5, 3}, {3, 5}, {40, 40}, {64, 100}, {130, 70}, {3, 400}};
        return Stream.of(KernelBackend.LAPACK, KernelBackend.JAVA, KernelBackend.ND4J)
                .flatMap(backend -> Arrays.stream(shapes).map(s -> Arguments.of(backend, s[0], s[1])));
    }

    @ParameterizedTest
    @MethodSource("backendsAndShapes")
    void eigenvalues_areSquaredSingularValues(KernelBackend backend, int rows, int cols) {
        double[][] matrix = Matrices.random(rows, cols, 100L * rows + cols);
        double[] flat = Matrices.flat(matrix);

        List<GramSpectrum> spectra = GramSpectra.builder()
                .backend(backend)
                .build()
                .of(
                        MatrixView.of(flat, rows, cols),
                        MatrixView.of(flat, rows, cols).transposed());

        double[] expected = squaredSingularValues(matrix);
        for (GramSpectrum spectrum : spectra) {
            assertThat(spectrum.isUsable()).isTrue();
            assertThat(spectrum.reason()).isEmpty();
            assertUpperHalf(spectrum.eigenvalues(), expected, 1e-12);
            assertThat(spectrum.eigenvalues())
                    .isSorted()
                    .containsExactly(expected, within(1e-13 * expected[expected.length - 1]));
        }
    }

    @Test
    void floatPass_agreesInTheUpperHalf() {
        double[][] matrix = rounded(Matrices.random(128, 200, 5));
        MatrixView view = MatrixView.of(floats(Matrices.flat(matrix)), 128, 200);
        double[] expected = squaredSingularValues(matrix);

        double[] single = GramSpectra.builder()
                .precision(DataType.FLOAT)
                .build()
                .of(view)
                .get(0)
                .eigenvalues();
        double[] wide = GramSpectra.defaults().of(view).get(0).eigenvalues();

        assertUpperHalf(single, expected, 3e-6);
        assertUpperHalf(wide, expected, 1e-12);
        assertThat(single[127]).isNotEqualTo(wide[127]);
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA"})
    void longMatrix_goesThroughInPanels(KernelBackend backend) {
        int rows = 3;
        int cols = 900_000;
        float[] flat = new float[rows * cols];
        Random random = new Random(1);
        for (int i = 0; i < flat.length; i++) {
            flat[i] = random.nextInt(3) - 1;
        }
        double[][] gram = new double[rows][rows];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < rows; j++) {
                for (int k = 0; k < cols; k++) {
                    gram[i][j] += flat[i * cols + k] * flat[j * cols + k];
                }
            }
        }
        double[] expected = TridiagonalValues.of(List.of(HouseholderTridiagonal.reduce(gram)))
                .get(0);

        List<GramSpectrum> spectra = GramSpectra.builder()
                .backend(backend)
                .build()
                .of(
                        MatrixView.of(flat, rows, cols),
                        MatrixView.strided(flat, 0, cols, 1, rows, cols).transposed());

        for (GramSpectrum spectrum : spectra) {
            assertThat(spectrum.eigenvalues()).containsExactly(expected, within(1e-8));
        }
    }

    @Test
    void columnMajorMatrix_wideAndLong_goesThroughInPanels() {
        int n = 1500;
        float[] flat = floats(Matrices.flat(Matrices.random(1, 2 * n, 3)));
        // Two columns, each n long, read as 2 x n with the short side contiguous.
        MatrixView interleaved = MatrixView.strided(flat, 0, 1, 2, 2, n);
        MatrixView naive = MatrixView.of(doubles(interleaved), 2, n);

        assertThat(eigenvalues(GramSpectra.defaults(), interleaved))
                .containsExactly(eigenvalues(GramSpectra.defaults(), naive), within(1e-10));
    }

    @Test
    void results_areBitIdenticalForAnyThreadsAndOrder() {
        List<MatrixView> matrices = mixture();
        List<double[]> expected = new ArrayList<>();
        for (MatrixView matrix : matrices) {
            expected.add(eigenvalues(GramSpectra.builder().threads(1).build(), matrix));
        }

        for (int threads : new int[] {1, 2, 3, 8}) {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < matrices.size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, new Random(threads));
            List<MatrixView> shuffled = new ArrayList<>();
            order.forEach(i -> shuffled.add(matrices.get(i)));

            List<GramSpectrum> spectra =
                    GramSpectra.builder().threads(threads).build().of(shuffled);

            for (int i = 0; i < order.size(); i++) {
                assertThat(spectra.get(i).eigenvalues()).containsExactly(expected.get(order.get(i)));
            }
        }
    }

    @Test
    void kernelSlices_haveTheSpectraOfTheirCopies() {
        float[] weights = floats(Matrices.flat(Matrices.random(1, 20 * 12 * 9, 8)));
        List<MatrixView> slices = MatrixView.kernelSlices(weights, 20, 12, 9);
        List<MatrixView> copies = new ArrayList<>();
        slices.forEach(slice -> copies.add(MatrixView.of(doubles(slice), 20, 12)));

        List<GramSpectrum> spectra = GramSpectra.defaults().of(slices);
        List<GramSpectrum> expected = GramSpectra.defaults().of(copies);

        for (int position = 0; position < 9; position++) {
            assertThat(spectra.get(position).eigenvalues())
                    .containsExactly(expected.get(position).eigenvalues());
        }
    }

    @Test
    void largeMatrices_runAloneAndKeepTheirInvariants() {
        int n = SpectrumPass.LARGE_ORDER + 1;
        float[] flat = new float[n * n];
        // A diagonal of 1..n hidden by a permutation of the columns.
        for (int i = 0; i < n; i++) {
            flat[i * n + (i * 7) % n] = (float) Math.sqrt(i + 1.0);
        }
        MatrixView large = MatrixView.of(flat, n, n);

        List<GramSpectrum> spectra =
                GramSpectra.builder().precision(DataType.FLOAT).build().of(large.window(0, 0, 2, 2), large);

        double[] values = spectra.get(1).eigenvalues();
        for (int i = 0; i < n; i++) {
            assertThat(values[i]).isEqualTo(i + 1, within(1e-3));
        }
        assertThat(spectra.get(0).eigenvalues()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(
            value = KernelBackend.class,
            names = {"LAPACK", "JAVA", "ND4J"})
    void matricesThatAreNotFinite_haveReasonsAndSpoilNoOthers(KernelBackend backend) {
        double[] nan = {1, 2, 3, Double.NaN, 5, 6};
        double[] infinite = {1, 2, 3, 4, 5, Double.NEGATIVE_INFINITY};
        double[] huge = {1, -1e200, 3, 4, 5, 6};

        List<GramSpectrum> spectra = GramSpectra.builder()
                .backend(backend)
                .build()
                .of(
                        MatrixView.of(new double[] {3, 0, 0, 4}, 2, 2),
                        MatrixView.of(nan, 2, 3),
                        MatrixView.of(infinite, 3, 2),
                        MatrixView.of(huge, 2, 3),
                        MatrixView.of(new double[] {5}, 1, 1));

        assertThat(spectra.get(0).eigenvalues()).containsExactly(new double[] {9, 16}, within(1e-14));
        assertThat(spectra.get(4).eigenvalues()).containsExactly(25);
        assertThat(spectra.get(1).isUsable()).isFalse();
        assertThat(spectra.get(1).reason()).contains("matrix of 2 x 3 is not finite: entry (1, 0) is NaN");
        assertThat(spectra.get(2).reason()).contains("matrix of 3 x 2 is not finite: entry (2, 1) is -Infinity");
        assertThat(spectra.get(3).reason())
                .contains("squares of a matrix of 2 x 3 overflow in DOUBLE: its largest entry is 1.0E200;"
                        + " divide it by a constant");
        assertThatIllegalStateException()
                .isThrownBy(() -> spectra.get(1).eigenvalues())
                .withMessage("matrix of 2 x 3 is not finite: entry (1, 0) is NaN");
        assertThat(spectra.get(1)).hasToString("GramSpectrum[matrix of 2 x 3 is not finite: entry (1, 0) is NaN]");
        assertThat(spectra.get(0)).hasToString("GramSpectrum[2 eigenvalues]");
    }

    @Test
    void zerosAndRankDeficient_haveNoNegativeEigenvalues() {
        double[][] tall = Matrices.random(60, 3, 2);
        double[] lowRank = Matrices.flat(Matrices.times(tall, Matrices.transpose(tall)));

        for (DataType precision : List.of(DataType.DOUBLE, DataType.FLOAT)) {
            List<GramSpectrum> spectra = GramSpectra.builder()
                    .precision(precision)
                    .build()
                    .of(MatrixView.of(new double[12], 3, 4), MatrixView.of(lowRank, 60, 60));

            assertThat(spectra.get(0).eigenvalues()).containsExactly(0, 0, 0);
            double[] values = spectra.get(1).eigenvalues();
            assertThat(Arrays.stream(values).min().getAsDouble()).isZero();
            assertThat(values[56]).isLessThan(1e-5 * values[59]);
            assertThat(values[57]).isGreaterThan(1e-2 * values[59]);
        }
    }

    @Test
    void of_leavesTheArraysAlone() {
        double[] flat = Matrices.flat(Matrices.random(10, 10, 4));
        double[] before = flat.clone();

        GramSpectra.defaults().of(MatrixView.of(flat, 10, 10));

        assertThat(flat).containsExactly(before);
    }

    @Test
    void of_nothing_isNothing() {
        assertThat(GramSpectra.defaults().of()).isEmpty();
        assertThat(GramSpectra.defaults().of(List.of())).isEmpty();
    }

    @Test
    void of_restoresTheBlasThreads() {
        int before = BlasThreads.current();
        OpenBlas.threads(3);
        try {

            GramSpectra.defaults().of(mixture());

            assertThat(BlasThreads.current()).isEqualTo(3);
        } finally {
            OpenBlas.threads(before);
        }
    }

    @Test
    void of_whereTheCountIsLeftAlone_givesTheSameValues() {
        int before = BlasThreads.current();
        List<MatrixView> matrices = mixture();
        List<GramSpectrum> expected = GramSpectra.defaults().of(matrices);
        OpenBlas.threads(2);
        BlasThreads.leaveAlone(true);
        try {

            List<GramSpectrum> spectra =
                    GramSpectra.builder().threads(4).build().of(matrices);

            assertThat(BlasThreads.current()).isEqualTo(2);
            for (int i = 0; i < matrices.size(); i++) {
                double[] values = expected.get(i).eigenvalues();
                assertThat(spectra.get(i).eigenvalues())
                        .containsExactly(values, within(1e-12 * values[values.length - 1]));
            }
        } finally {
            BlasThreads.leaveAlone(false);
            OpenBlas.threads(before);
        }
    }

    @Test
    void of_manyTimes_givesItsMemoryAndThreadsBack() {
        MatrixView matrix = MatrixView.of(new float[2 << 19], 2, 1 << 19);
        GramSpectra pass = GramSpectra.builder().threads(2).build();
        pass.of(matrix, matrix);
        long before = Pointer.physicalBytes() - Runtime.getRuntime().totalMemory();

        // Each pass takes 16 MB and more.
        for (int i = 0; i < 150; i++) {
            pass.of(matrix, matrix);
        }

        long after = Pointer.physicalBytes() - Runtime.getRuntime().totalMemory();
        assertThat(after - before).isLessThan(800L << 20);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("dl4jdynamics-spectra"));
    }

    @Test
    void builder_refusesWhatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GramSpectra.builder().precision(DataType.BFLOAT16))
                .withMessage("precision of GramSpectra must be DOUBLE or FLOAT, got BFLOAT16");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GramSpectra.builder().threads(0))
                .withMessage("threads of GramSpectra must be at least 1, got 0");
        assertThatExceptionOfType(NullPointerException.class)
                .isThrownBy(() -> GramSpectra.builder().backend(null))
                .withMessage("backend of GramSpectra must not be null; AUTO is the default");
    }

    @Test
    void toString_tellsTheSettings() {
        assertThat(GramSpectra.builder()
                        .precision(DataType.FLOAT)
                        .backend(KernelBackend.JAVA)
                        .threads(3)
                        .build())
                .hasToString("GramSpectra[precision=FLOAT, backend=JAVA, threads=3]");
    }

    /** Shapes on both sides of everything that depends on size, views of every kind. */
    private static List<MatrixView> mixture() {
        List<MatrixView> matrices = new ArrayList<>();
        for (int n : new int[] {1, 2, 7, 16, 33, 64, 65, 128, 150}) {
            double[] flat = Matrices.flat(Matrices.random(n, n + 5, n));
            matrices.add(MatrixView.of(flat, n, n + 5));
            matrices.add(MatrixView.of(flat, n + 5, n));
            matrices.add(MatrixView.of(floats(flat), n, n + 5).window(0, 0, n, (n + 1) / 2));
        }
        matrices.addAll(MatrixView.kernelSlices(floats(Matrices.flat(Matrices.random(1, 40 * 30 * 9, 1))), 40, 30, 9));
        matrices.addAll(MatrixView.kernelSlices(floats(Matrices.flat(Matrices.random(1, 80 * 90 * 4, 2))), 80, 90, 4));
        return matrices;
    }

    private static double[] eigenvalues(GramSpectra spectra, MatrixView matrix) {
        return spectra.of(matrix).get(0).eigenvalues();
    }

    private static double[] squaredSingularValues(double[][] matrix) {
        double[] values = new SingularValueDecomposition(new Array2DRowRealMatrix(matrix)).getSingularValues();
        return Arrays.stream(values).map(s -> s * s).sorted().toArray();
    }

    private static void assertUpperHalf(double[] values, double[] expected, double relative) {
        assertThat(values).hasSameSizeAs(expected);
        for (int i = values.length / 2; i < values.length; i++) {
            assertThat(values[i]).isEqualTo(expected[i], within(relative * expected[i]));
        }
    }

    private static double[] doubles(MatrixView view) {
        double[] flat = new double[view.rows() * view.cols()];
        Arrays.setAll(flat, i -> view.get(i / view.cols(), i % view.cols()));
        return flat;
    }

    private static double[][] rounded(double[][] matrix) {
        for (double[] row : matrix) {
            Arrays.setAll(row, j -> (float) row[j]);
        }
        return matrix;
    }

    private static float[] floats(double[] doubles) {
        float[] floats = new float[doubles.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) doubles[i];
        }
        return floats;
    }
}
