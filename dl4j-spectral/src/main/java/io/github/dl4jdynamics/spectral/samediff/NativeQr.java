/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import java.util.Random;

import io.github.dl4jdynamics.spectral.nd4j.DenseKernels;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.custom.TriangularSolve;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Qr;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The factors by SameDiff's own ops, made sound; without gradients.
 *
 * <p>DL4J-M2.1: the native {@code qr} takes the Householder vector {@code x - |x| e_1}, which is zero for a column that
 * is a multiple of {@code e_1}: the factors of the identity, and of every triangular matrix, are NaN; of columns near
 * it they are inexact; and a matrix with one row crashes the JVM. So the matrix is first multiplied by a fixed random
 * matrix {@code G [m + 4, m]} with orthonormal columns. {@code G A = Q' R} has the same {@code R}, {@code Q = G^T Q'},
 * no structure that could meet {@code e_1}, and four rows to spare, which keep the last columns away from it too.
 */
final class NativeQr {
    private static final int SPARE_ROWS = 4;
    private static final long SEED = 20240817;

    private final SDVariable q;
    private final SDVariable r;
    private final SDVariable inverse;
    private final SDVariable isRegular;

    private NativeQr(SDVariable q, SDVariable r, SDVariable inverse, SDVariable isRegular) {
        this.q = q;
        this.r = r;
        this.inverse = inverse;
        this.isRegular = isRegular;
    }

    static NativeQr of(SDVariable a, int m, int n) {
        SameDiff sd = a.getSameDiff();
        DataType type = a.dataType();
        SDVariable rotation = sd.constant(rotation(m).castTo(type));
        SDVariable[] raw = new Qr(sd, sd.mmul(rotation, a), false).outputVariables();
        SDVariable rawR = finite(raw[1]);
        SDVariable diagonal = sd.math().diagPart(rawR);
        SDVariable sign = sd.math().sign(diagonal);
        sign = sign.add(sd.math().abs(sign).rsub(1)); // +1 for zero
        SDVariable q = sd.mmul(sd.transpose(rotation), finite(raw[0])).mul(sd.reshape(sign, 1, n));
        SDVariable r = rawR.mul(sd.reshape(sign, n, 1)).mul(Triangles.upper(sd, type, n));
        SDVariable size = sd.math().abs(diagonal);
        double epsilon = m * (type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1.0f));
        SDVariable isRegular = sd.min(size).gt(sd.max(size).mul(epsilon)).castTo(type);
        // The identity stands in for a singular R.
        SDVariable identity = Triangles.identity(sd, type, n);
        SDVariable regular = r.mul(isRegular).add(identity.mul(isRegular.rsub(1)));
        SDVariable inverse = new TriangularSolve(sd, regular, identity, false, false).outputVariable();
        return new NativeQr(q, r, inverse, isRegular);
    }

    private static SDVariable finite(SDVariable x) {
        SameDiff sd = x.getSameDiff();
        return sd.where(x, sd.zerosLike(x), sd.math().isFinite(x));
    }

    private static INDArray rotation(int m) {
        Random random = new Random(SEED);
        double[][] gaussian = new double[m + SPARE_ROWS][m];
        for (double[] row : gaussian) {
            for (int j = 0; j < m; j++) {
                row[j] = random.nextGaussian();
            }
        }
        return DenseKernels.auto().thinQr(Nd4j.createFromArray(gaussian)).q().dup('c');
    }

    /** {@code [m, n]}. */
    SDVariable q() {
        return q;
    }

    /** {@code [n, n]}, no diagonal entry negative. */
    SDVariable r() {
        return r;
    }

    /** {@code R^-1}, or the identity if {@code R} is singular to working precision. */
    SDVariable inverse() {
        return inverse;
    }

    /** Scalar 1, or 0 if {@code R} is singular to working precision. */
    SDVariable isRegular() {
        return isRegular;
    }
}
