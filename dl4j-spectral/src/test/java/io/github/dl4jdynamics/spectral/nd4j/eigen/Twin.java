/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalties;
import io.github.dl4jdynamics.spectral.math.eigen.SpectralPenalty;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A penalty by its definition: a full decomposition by commons-math, slopes by finite differences. */
enum Twin {
    NUCLEAR(SpectralPenalties.nuclearNorm(), s -> DoubleStream.of(s).sum()),
    KY_FAN_3(SpectralPenalties.kyFanNorm(3), s -> DoubleStream.of(s).limit(3).sum()),
    SPECTRAL(SpectralPenalties.spectralNorm(), s -> s[0] * s[0] / 2),
    SCHATTEN_3(
            SpectralPenalties.schattenNorm(3),
            s -> Math.cbrt(DoubleStream.of(s).map(x -> x * x * x).sum())),
    STABLE_RANK(
            SpectralPenalties.stableRank(),
            s -> DoubleStream.of(s).map(x -> x * x).sum() / (s[0] * s[0])),
    TAIL_3(
            SpectralPenalties.tailEnergy(3),
            s -> DoubleStream.of(s).skip(3).map(x -> x * x).sum() / 2),
    CONDITION(SpectralPenalties.conditionNumber(), s -> Math.log(s[0] / s[s.length - 1]));

    final SpectralPenalty penalty;
    private final ToDoubleFunction<double[]> definition;

    Twin(SpectralPenalty penalty, ToDoubleFunction<double[]> definition) {
        this.penalty = penalty;
        this.definition = definition;
    }

    double value(INDArray matrix) {
        return definition.applyAsDouble(new SingularValueDecomposition(real(matrix)).getSingularValues());
    }

    /** {@code U diag(dphi/dsigma) V^T}. */
    INDArray gradient(INDArray matrix) {
        SingularValueDecomposition svd = new SingularValueDecomposition(real(matrix));
        double[] sigma = svd.getSingularValues();
        double[][] slopes = new double[sigma.length][sigma.length];
        for (int i = 0; i < sigma.length; i++) {
            double step = 1e-6 * sigma[i];
            double[] up = sigma.clone();
            double[] down = sigma.clone();
            up[i] += step;
            down[i] -= step;
            slopes[i][i] = (definition.applyAsDouble(up) - definition.applyAsDouble(down)) / (2 * step);
        }
        return Nd4j.createFromArray(svd.getU()
                .multiply(new Array2DRowRealMatrix(slopes, false))
                .multiply(svd.getVT())
                .getData());
    }

    private static RealMatrix real(INDArray matrix) {
        return new Array2DRowRealMatrix(matrix.castTo(DataType.DOUBLE).toDoubleMatrix());
    }

    static INDArray random(DataType type, long rows, long cols, long seed) {
        Random random = new Random(seed);
        double[] entries = new double[Math.toIntExact(rows * cols)];
        Arrays.setAll(entries, i -> random.nextGaussian());
        return Nd4j.create(entries, new long[] {rows, cols}, 'f').castTo(type);
    }

    static double cosine(INDArray a, INDArray b) {
        INDArray x = a.castTo(DataType.DOUBLE);
        INDArray y = b.castTo(DataType.DOUBLE);
        return x.mul(y).sumNumber().doubleValue()
                / x.norm2Number().doubleValue()
                / y.norm2Number().doubleValue();
    }

    /** Largest entry of the difference. */
    static double distance(INDArray a, INDArray b) {
        return a.castTo(DataType.DOUBLE)
                .sub(b.castTo(DataType.DOUBLE))
                .amaxNumber()
                .doubleValue();
    }
}
