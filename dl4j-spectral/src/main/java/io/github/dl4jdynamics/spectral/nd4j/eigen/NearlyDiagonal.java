/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;
import java.util.stream.IntStream;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The Gram matrix {@code H = V^T T^T T V} of a basis V that is close to the right singular vectors of T, and functions of it
 * to the first order of what is off its diagonal.
 *
 * <pre>{@code
 * sigma_i = sqrt(H_ii),   C_ij = H_ij / (sigma_i sigma_j)    off the diagonal
 * F_ii = phi_i / sigma_i
 * F_ij = C_ij / (sigma_i + sigma_j) (sigma_j (phi_i - phi_j) / (sigma_i - sigma_j) - phi_j)
 * }</pre>
 *
 * <p>With {@code phi_i = phi(sigma_i)} F is {@code phi(H^1/2) H^-1/2} up to C squared (Daleckii and Krein 1965; Higham,
 * "Functions of Matrices", 3.2). For {@code phi = 1}, which makes {@code T V F V^T} the polar factor, it has no pole
 * where two values meet or one vanishes. Between values that are equal to the last digits phi counts as constant.
 */
final class NearlyDiagonal {
    /** Entries that are mirrored together: a cache line of floats. */
    private static final int BLOCK = 16;

    /** Relative distance below which values count as equal, and their slopes. */
    private static final double TIE = 1e-9;

    /** Share of the largest sigma below which it matters less and less how images lie. */
    private static final double INSIGNIFICANT = 0.01;

    /** Cosine between images below which they are orthogonal. */
    private static final double NOISE = 1e-7;

    /** Tangent of the largest rotation: where values nearly meet, many pairs ask for large ones at once. */
    private static final double LARGEST_ROTATION = 0.3;

    private final INDArray gram;
    private final int n;
    private final double[] lengths;
    private final double[] reciprocals;
    private final double[] obliqueness;
    private double residual;
    private double tilt;

    /** Of a matrix whose lower triangle is written later. */
    NearlyDiagonal(INDArray gram) {
        this.gram = gram;
        n = Math.toIntExact(gram.size(0));
        lengths = new double[n];
        reciprocals = new double[n];
        obliqueness = new double[n];
    }

    /**
     * Looks at what was written.
     *
     * @param negligible share of the largest sigma up to which another one counts as zero
     */
    void measure(double negligible) {
        MatrixMemory memory = MatrixMemory.of(gram);
        double[] column = new double[n];
        for (int i = 0; i < n; i++) {
            memory.read(i, i, 1, column);
            lengths[i] = Math.sqrt(Math.max(0, column[i]));
        }
        double least = negligible * Arrays.stream(lengths).max().orElse(0);
        for (int i = 0; i < n; i++) {
            lengths[i] = lengths[i] > least ? lengths[i] : 0;
            reciprocals[i] = lengths[i] > 0 ? 1 / lengths[i] : 0;
        }
        compare(
                memory,
                squaredReciprocals(INSIGNIFICANT * Arrays.stream(lengths).max().orElse(0)));
    }

    /** {@code 1 / sigma^2} of no less than a floor; 0 for none. */
    private double[] squaredReciprocals(double floor) {
        double[] squares = new double[n];
        for (int i = 0; i < n; i++) {
            double length = Math.max(lengths[i], floor);
            squares[i] = length == 0 ? 0 : 1 / (length * length);
        }
        return squares;
    }

    /** One pass over H for residual, tilt and obliqueness. */
    private void compare(MatrixMemory memory, double[] floored) {
        double[] exact = squaredReciprocals(0);
        double[] column = new double[n];
        double diagonal = 0;
        double off = 0;
        double tilts = 0;
        Arrays.fill(obliqueness, 0);
        for (int j = 0; j < n; j++) {
            memory.read(j, j, n - j, column);
            diagonal += column[j] * column[j];
            double squares = 0;
            double angles = 0;
            double cosines = 0;
            for (int i = j + 1; i < n; i++) {
                double square = column[i] * column[i];
                double cosine = square * exact[i] * exact[j];
                squares += square;
                angles += square * floored[i];
                cosines += cosine;
                obliqueness[i] += cosine;
            }
            off += 2 * squares;
            tilts += 2 * angles * floored[j];
            obliqueness[j] += cosines;
        }
        residual = off == 0 ? 0 : Math.sqrt(off / (off + diagonal));
        tilt = Math.sqrt(tilts / n);
    }

    /** sigma, by column of V; live. */
    double[] lengths() {
        return lengths;
    }

    /** {@code ||H - diag H||_F / ||H||_F}. */
    double residual() {
        return residual;
    }

    /**
     * Root of the mean over the columns of {@code sum_j C_ij^2}, where a sigma below 0.01 of the largest counts as that: how
     * far the images are from orthogonal.
     */
    double tilt() {
        return tilt;
    }

    /**
     * Writes F, the whole of it, in the place of H.
     *
     * @param slopes phi by column of V
     * @param corrected whether off the diagonal too; else zeros there
     * @return what {@link #correction} gives, 0 unless corrected
     */
    double replaceByFunction(double[] slopes, boolean corrected) {
        double[] correction = new double[1];
        write(gram, 1, (column, j) -> correction[0] += replace(column, j, slopes, corrected));
        return correction[0] / 2;
    }

    /**
     * Writes {@code I + K} with the skew K of small Jacobi rotations, one for each pair, by which V comes nearer to the
     * singular vectors; to the first order all at once are one after the other.
     *
     * <pre>{@code
     * K_ij = t,  K_ji = -t,  t = sign(z) / (|z| + sqrt(1 + z^2)),  z = (H_jj - H_ii) / (2 H_ij)
     * }</pre>
     *
     * @param into [n, n] in 'f' order
     */
    void rotation(INDArray into) {
        write(into, -1, this::rotate);
    }

    /** What is made of a column of H from the diagonal on. */
    private interface ColumnChange {
        void apply(double[] column, int j);
    }

    /**
     * Writes a matrix that is made of H, which may take its place.
     *
     * @param sign of what is above the diagonal: 1 for a symmetric matrix, -1 for a skew one
     */
    private void write(INDArray into, int sign, ColumnChange change) {
        MatrixMemory source = MatrixMemory.of(gram);
        MatrixMemory target = into == gram ? source : MatrixMemory.of(into);
        double[][] columns = new double[BLOCK][n];
        double[] mirrored = new double[BLOCK];
        for (int from = 0; from < n; from += BLOCK) {
            int size = Math.min(BLOCK, n - from);
            for (int k = 0; k < size; k++) {
                int j = from + k;
                source.read(j, j, n - j, columns[k]);
                change.apply(columns[k], j);
                target.write(j, j, n - j, columns[k], j);
            }
            for (int i = from + 1; i < n; i++) {
                int above = Math.min(size, i - from);
                for (int k = 0; k < above; k++) {
                    mirrored[k] = sign * columns[k][i];
                }
                target.write(i, from, above, mirrored, 0);
            }
        }
        target.flush();
    }

    private void rotate(double[] column, int j) {
        column[j] = 1;
        for (int i = j + 1; i < n; i++) {
            double twice = 2 * column[i];
            double gap = (lengths[j] - lengths[i]) * (lengths[j] + lengths[i]);
            double z = gap / twice;
            double t = 1 / (Math.abs(z) + Math.sqrt(1 + z * z));
            double product = lengths[i] * lengths[j];
            boolean noise = product == 0 || Math.abs(column[i]) <= NOISE * product;
            column[i] = noise ? 0 : Math.copySign(Math.min(t, LARGEST_ROTATION), z);
        }
    }

    /**
     * Columns of V whose images are far from orthogonal to the others: {@code sum_j C_ij^2} is larger than a limit. Those
     * without an image are not among them.
     *
     * @return 0-based, ascending
     */
    int[] oblique(double limit) {
        return IntStream.range(0, n).filter(i -> obliqueness[i] > limit).toArray();
    }

    /** What is added to {@code sum_i Phi(sigma_i)}, {@code Phi' = phi}, to the second order: {@code sum_{i<j} H_ij F_ij / 2}. */
    double correction(double[] slopes) {
        MatrixMemory memory = MatrixMemory.of(gram);
        double[] column = new double[n];
        double correction = 0;
        for (int j = 0; j < n; j++) {
            memory.read(j, j, n - j, column);
            correction += replace(column, j, slopes, true);
        }
        return correction / 2;
    }

    /** Returns the sum of {@code H_ij F_ij} below the diagonal. */
    private double replace(double[] column, int j, double[] slopes, boolean corrected) {
        column[j] = slopes[j] * reciprocals[j];
        if (!corrected) {
            Arrays.fill(column, j + 1, n, 0);
            return 0;
        }
        double length = lengths[j];
        double slope = slopes[j];
        double reciprocal = reciprocals[j];
        double correction = 0;
        for (int i = j + 1; i < n; i++) {
            double distance = lengths[i] - length;
            double sum = lengths[i] + length;
            double steepness = Math.abs(distance) <= TIE * sum ? 0 : (slopes[i] - slope) / distance;
            double cosine = column[i] * reciprocals[i] * reciprocal;
            double value = cosine == 0 ? 0 : cosine / sum * (length * steepness - slope);
            correction += column[i] * value;
            column[i] = value;
        }
        return correction;
    }
}
