/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.weights;

import java.util.Arrays;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The slow twin: matrices picked out of a parameter number by number, squared singular values by another library. */
final class NaiveSpectrum {
    private final String parameter;
    private final WeightKind kind;
    private final int count;
    private final int rows;
    private final int cols;
    private final Place place;

    private NaiveSpectrum(String parameter, WeightKind kind, int count, int rows, int cols, Place place) {
        this.parameter = parameter;
        this.kind = kind;
        this.count = count;
        this.rows = rows;
        this.cols = cols;
        this.place = place;
    }

    /** {@code count} matrices of {@code rows} outputs and {@code cols} inputs. */
    static NaiveSpectrum of(String parameter, WeightKind kind, int count, int rows, int cols, Place place) {
        return new NaiveSpectrum(parameter, kind, count, rows, cols, place);
    }

    /** One matrix stored {@code [in, out]}. */
    static NaiveSpectrum inOut(String parameter, WeightKind kind, int in, int out) {
        return of(parameter, kind, 1, out, in, (m, o, i) -> new long[] {i, o});
    }

    /** Neighbouring blocks of {@code out} columns of {@code [in, gates * out]}. */
    static NaiveSpectrum gates(String parameter, int gates, int in, int out) {
        return of(parameter, WeightKind.RECURRENT, gates, out, in, (g, o, i) -> new long[] {i, g * out + o});
    }

    /** One matrix stored {@code [heads, head size, in]}. */
    static NaiveSpectrum heads(String parameter, int heads, int headSize, int in) {
        return of(parameter, WeightKind.ATTENTION, 1, heads * headSize, in, (m, o, i) ->
                new long[] {o / headSize, o % headSize, i});
    }

    String parameter() {
        return parameter;
    }

    WeightKind kind() {
        return kind;
    }

    String shape() {
        return count + " of " + rows + " x " + cols;
    }

    /** All eigenvalues of {@code W W^T}, ascending; those of convolutions halved. */
    double[] eigenvalues(INDArray values) {
        boolean convolution =
                kind.name().startsWith("CONVOLUTION") || kind == WeightKind.DEPTHWISE || kind == WeightKind.POINTWISE;
        double[] pooled = new double[count * Math.min(rows, cols)];
        int filled = 0;
        for (int m = 0; m < count; m++) {
            RealMatrix matrix = new Array2DRowRealMatrix(rows, cols);
            for (int o = 0; o < rows; o++) {
                for (int i = 0; i < cols; i++) {
                    matrix.setEntry(o, i, values.getDouble(place.of(m, o, i)));
                }
            }
            for (double singular : new SingularValueDecomposition(matrix).getSingularValues()) {
                pooled[filled++] = (convolution ? 0.5 : 1) * singular * singular;
            }
        }
        Arrays.sort(pooled);
        return pooled;
    }

    @Override
    public String toString() {
        return parameter + ": " + shape();
    }

    /** Where a number lies in the stored array. */
    interface Place {
        long[] of(int matrix, int out, int in);
    }
}
