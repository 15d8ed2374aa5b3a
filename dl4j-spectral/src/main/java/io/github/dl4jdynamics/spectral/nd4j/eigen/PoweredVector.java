/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Random;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The first singular vectors by {@link PowerIteration} from a new random vector each time. */
final class PoweredVector implements SingularVectors {
    private final int rounds;
    private final Random random = new Random(1);
    private PowerIteration latest;
    private double sigma;
    private double squaredNorm;

    PoweredVector(int rounds) {
        this.rounds = rounds;
    }

    @Override
    public BasisRefresh refresh(INDArray matrix) {
        long begin = System.nanoTime();
        double[] start = new double[Math.toIntExact(matrix.size(0))];
        for (int i = 0; i < start.length; i++) {
            start[i] = random.nextGaussian();
        }
        INDArray u = Nd4j.create(start, new long[] {start.length, 1}, 'f').castTo(matrix.dataType());
        PowerIteration powered = PowerIteration.of(matrix, u, rounds);
        boolean finite = Double.isFinite(powered.sigma());
        if (finite) {
            latest = powered;
            measure(matrix);
        }
        return new BasisRefresh(
                finite ? BasisRefresh.Outcome.STEPPED : BasisRefresh.Outcome.REFUSED,
                Double.NaN,
                System.nanoTime() - begin);
    }

    @Override
    public void measure(INDArray matrix) {
        sigma = latest == null ? 0 : matrix.mmul(latest.v()).norm2Number().doubleValue();
        double norm = matrix.norm2Number().doubleValue();
        squaredNorm = norm * norm;
    }

    @Override
    public double[] values() {
        return new double[] {sigma};
    }

    @Override
    public double squaredNorm() {
        return squaredNorm;
    }

    @Override
    public void combine(INDArray matrix, double a, double[] slopes, INDArray sum) {
        sum.assign(matrix);
        Nd4j.gemm(latest.u(), latest.v(), sum, false, true, slopes[0], a);
    }
}
