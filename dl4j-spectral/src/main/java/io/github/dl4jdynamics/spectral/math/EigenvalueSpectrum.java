/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.Arrays;
import java.util.Collection;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * The eigenvalues of {@code W W^T} in ascending order: the squared singular values of one matrix, or of several pooled.
 *
 * <p>Never empty, never negative, never NaN or infinite. The eigenvalues are raw: not divided by a side of the matrix,
 * as in the released code of TempBalance. Indices are 0-based, index 0 is the smallest.
 */
public final class EigenvalueSpectrum {

    /** Relative size up to which a negative eigenvalue is taken for rounding of a zero one, even in single precision. */
    private static final double NEGATIVE_ROUNDING = 1e-6;

    private final double[] ascending;

    private EigenvalueSpectrum(double[] ascending) {
        this.ascending = ascending;
    }

    /**
     * The spectrum of these eigenvalues, given in any order; the array is copied. O(N log N).
     *
     * @param eigenvalues at least one, each finite; a negative one is set to 0 if its size is at most 1e-6 of the largest
     * @throws IllegalArgumentException if there is none, or one is NaN, infinite or more negative than rounding explains
     */
    public static EigenvalueSpectrum of(double... eigenvalues) {
        checkArgument(
                eigenvalues.length > 0,
                "a spectrum must have >= 1 eigenvalue, got 0; leave out layers without a weight matrix");
        for (int i = 0; i < eigenvalues.length; i++) {
            if (!Double.isFinite(eigenvalues[i])) {
                throw new IllegalArgumentException("eigenvalue " + i + " of " + eigenvalues.length
                        + " must be finite, got " + eigenvalues[i] + "; look for NaN or infinite weights");
            }
        }
        double[] ascending = eigenvalues.clone();
        Arrays.sort(ascending);
        clampRounding(ascending);
        return new EigenvalueSpectrum(ascending);
    }

    /**
     * The spectrum of all eigenvalues of several matrices or windows together: the average of their densities when the
     * matrices are of one size.
     *
     * @param spectra one array for each matrix, in any order
     * @throws IllegalArgumentException as {@link #of(double...)}
     */
    public static EigenvalueSpectrum pooled(Collection<double[]> spectra) {
        return of(spectra.stream().flatMapToDouble(Arrays::stream).toArray());
    }

    private static void clampRounding(double[] ascending) {
        double largest = ascending[ascending.length - 1];
        checkArgument(
                ascending[0] >= -NEGATIVE_ROUNDING * Math.max(largest, 0),
                "eigenvalues of W W^T must be >= 0 up to rounding (1e-6 of the largest, %s), got %s;"
                        + " pass squared singular values",
                largest,
                ascending[0]);
        for (int i = 0; i < ascending.length && ascending[i] <= 0; i++) {
            ascending[i] = 0;
        }
    }

    /** Number of eigenvalues, N. */
    public int size() {
        return ascending.length;
    }

    /**
     * The i-th smallest eigenvalue, 0-based.
     *
     * @throws IndexOutOfBoundsException if there is no such eigenvalue
     */
    public double get(int i) {
        return ascending[i];
    }

    /** The largest eigenvalue: the square of the spectral norm of W. */
    public double largest() {
        return ascending[ascending.length - 1];
    }

    /** The sum of the eigenvalues: the squared Frobenius norm of W. Infinite if it exceeds the range of a double. */
    public double sum() {
        double sum = 0;
        for (double eigenvalue : ascending) {
            sum += eigenvalue;
        }
        return sum;
    }

    /** The mean eigenvalue. */
    public double mean() {
        return sum() / size();
    }

    /** The upper median {@code e[N/2]}: for even N the larger of the two in the middle, as ModelBalancing takes it. */
    public double median() {
        return ascending[size() / 2];
    }

    /** How many eigenvalues are larger than the threshold; 0 if none is. */
    public int countAbove(double threshold) {
        int below = 0;
        while (below < size() && !(ascending[below] > threshold)) {
            below++;
        }
        return size() - below;
    }

    /**
     * The eigenvalues larger than the threshold, or all of them if none is.
     *
     * <p>This is the {@code filter_zeros} step of TempBalance with threshold 1e-5 ({@code EVALS_THRESH}), its rule for
     * an empty remainder included; {@link #countAbove} tells the two cases apart.
     */
    public EigenvalueSpectrum above(double threshold) {
        int count = countAbove(threshold);
        return count == 0 || count == size()
                ? this
                : new EigenvalueSpectrum(Arrays.copyOfRange(ascending, size() - count, size()));
    }

    /**
     * The spectrum of {@code sqrt(factor) W}: every eigenvalue times the factor.
     *
     * @param factor positive; 0.5 is the {@code conv_norm} of TempBalance and WeightWatcher for convolution slices
     * @throws IllegalArgumentException if the factor is not positive and finite, or takes an eigenvalue out of range
     */
    public EigenvalueSpectrum scaled(double factor) {
        checkArgument(
                factor > 0 && Double.isFinite(factor),
                "scale factor of a spectrum must be > 0 and finite, got %s; 1 leaves it as it is",
                factor);
        return of(Arrays.stream(ascending).map(e -> e * factor).toArray());
    }

    /** A copy of the eigenvalues, ascending. */
    public double[] toArray() {
        return ascending.clone();
    }

    /**
     * The size below which an eigenvalue of a matrix with this many rows or columns is zero but for rounding:
     * {@code largest * dimension * 2^-52}.
     */
    double roundingLevel(int dimension) {
        return largest() * dimension * Math.ulp(1.0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EigenvalueSpectrum && Arrays.equals(ascending, ((EigenvalueSpectrum) other).ascending);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ascending);
    }

    @Override
    public String toString() {
        return "EigenvalueSpectrum{size=" + size() + ", smallest=" + ascending[0] + ", median=" + median()
                + ", largest=" + largest() + '}';
    }
}
