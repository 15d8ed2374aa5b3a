/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class NpyMatrixWriterTest {
    private static final double[][] TWO_BY_THREE = {{1, -2, 0.5}, {4, Double.NaN, Double.NEGATIVE_INFINITY}};

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("a.npy");
    }

    @ParameterizedTest
    @EnumSource(NpyType.class)
    void append_rowsInPieces_readBack(NpyType type) throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, type, 3)) {
            out.append(new double[] {9, 1, -2, 9}, 1, 2);
            out.append(new double[] {0.5}, 0, 1);
            out.append(new double[0], 0, 0);
            out.append(TWO_BY_THREE[1], 0, 3);
            assertThat(out.rows()).isEqualTo(2);
        }

        double[][] back = NaiveNpy.read(file);
        assertThat(back).hasDimensions(2, 3);
        assertThat(back[0]).containsExactly(TWO_BY_THREE[0]);
        assertThat(back[1]).containsExactly(TWO_BY_THREE[1]);
        assertThat(Files.size(file)).isEqualTo(128 + 6 * type.bytes());
    }

    @Test
    void append_doubleToFloats_isRounded() throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, 3)) {
            out.append(new double[] {0.1, 1e300, -1e-300}, 0, 3);
        }

        assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{0.1f, Double.POSITIVE_INFINITY, -0.0}});
    }

    @Test
    void append_pieceLongerThanARow_beginsTheNextRows() throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, 2)) {
            out.append(new double[] {1, 2, 3, 4, 5}, 0, 5);
            out.append(new double[] {6}, 0, 1);
        }

        assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}, {3, 4}, {5, 6}});
    }

    /** Rows of 12.8 MB, three times the buffer, in tiles that divide neither. */
    @ParameterizedTest
    @ValueSource(ints = {1_000_003, 3_200_001})
    void append_rowsLargerThanTheBuffer_readBack(int tile) throws IOException {
        int columns = 3_200_001;
        double[] row = new double[columns];
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, columns)) {
            for (int t = 0; t < 2; t++) {
                for (int k = 0; k < columns; k++) {
                    row[k] = t + k;
                }
                for (int from = 0; from < columns; from += tile) {
                    out.append(row, from, Math.min(tile, columns - from));
                }
            }
        }

        double[][] back = NaiveNpy.read(file);
        assertThat(back).hasDimensions(2, columns);
        for (int k = 0; k < columns; k++) {
            assertThat(back[0][k] == k && back[1][k] == k + 1).isTrue();
        }
    }

    @Test
    void create_noRows_isAnEmptyMatrix() throws IOException {
        NpyMatrixWriter.create(file, NpyType.FLOAT32, 7).close();

        assertThat(NaiveNpy.read(file)).isEmpty();
        assertThat(Files.readAllBytes(file))
                .isEqualTo(NpyHeader.of(NpyType.FLOAT32, 0, 7).array());
    }

    @Test
    void close_incompleteRow_isCutOff() throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT64, 3)) {
            out.append(new double[] {1, 2, 3, 4, 5}, 0, 5);
        }

        assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2, 3}});
        assertThat(Files.size(file)).isEqualTo(128 + 3 * 8);
    }

    @Test
    void flush_midway_leavesTheCompleteRowsReadable() throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, 2)) {
            out.append(new double[] {1, 2, 3}, 0, 3);
            assertThat(NaiveNpy.read(file)).isEmpty();

            out.flush();
            assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}});

            out.append(new double[] {4, 5}, 0, 2);
            assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}});
        }

        assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}, {3, 4}});
    }

    @Test
    void append_fullBuffer_countsItsRowsWithoutBeingAsked() throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, 2)) {
            out.append(new double[2 * 1500], 0, 2 * 1500);

            assertThat(NaiveNpy.read(file)).hasDimensions(1024, 2);
        }

        assertThat(NaiveNpy.read(file)).hasDimensions(1500, 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void truncate_rowsInTheBufferOrInTheFile_areDropped(boolean inFile) throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, 2)) {
            out.append(new double[] {1, 2}, 0, 2);
            out.flush();
            out.append(new double[] {3, 4, 5}, 0, 3);
            if (inFile) {
                out.flush();
                assertThat(NaiveNpy.read(file)).hasDimensions(2, 2);
            }

            out.truncate(1);

            assertThat(out.rows()).isEqualTo(1);
            assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}});
            out.append(new double[] {6}, 0, 1);
            out.flush();
            out.append(new double[] {7}, 0, 1);
        }

        assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}, {6, 7}});
        assertThat(Files.size(file)).isEqualTo(128 + 4 * 4);
    }

    @Test
    void truncate_rowNotThere_isRefused() throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, 2)) {
            out.append(new double[] {1, 2, 3}, 0, 3);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> out.truncate(2))
                    .withMessage("rows to keep of " + file + " must be 0 to 1, the complete ones, got 2");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, (1L << 40) + 1})
    void create_columnsOutOfRange_isRefusedWithoutAFile(long columns) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NpyMatrixWriter.create(file, NpyType.FLOAT32, columns))
                .withMessage("columns of " + file + " must be 1 to 2^40, got " + columns
                        + "; a matrix without columns needs no file");
        assertThat(file).doesNotExist();
    }

    @Test
    void create_fileThatExists_isRefusedAndUntouched() throws IOException {
        Files.writeString(file, "precious");

        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> NpyMatrixWriter.create(file, NpyType.FLOAT32, 1));
        assertThat(file).hasContent("precious");
    }

    @Test
    void append_pieceOutsideItsArray_isRefused() throws IOException {
        try (NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, 9)) {
            int[][] outside = {{-1, 1}, {0, -1}, {2, 2}, {4, 0}, {1, Integer.MAX_VALUE}};
            for (int[] piece : outside) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> out.append(new double[3], piece[0], piece[1]))
                        .withMessage("a piece for " + file + " must lie inside its array of length 3, got " + piece[1]
                                + " numbers from index " + piece[0]);
            }
            assertThatIllegalArgumentException().isThrownBy(() -> out.append(new double[3], 1, 3));
        }
    }

    @Test
    void close_twice_isFineAndLaterUseIsRefused() throws IOException {
        NpyMatrixWriter out = NpyMatrixWriter.create(file, NpyType.FLOAT32, 1);
        out.close();
        out.close();

        String message = "the writer of " + file + " must be open, got a closed one; write a new file";
        assertThatIllegalStateException()
                .isThrownBy(() -> out.append(new double[1], 0, 1))
                .withMessage(message);
        assertThatIllegalStateException().isThrownBy(out::flush).withMessage(message);
        assertThatIllegalStateException().isThrownBy(() -> out.truncate(0)).withMessage(message);
    }
}
