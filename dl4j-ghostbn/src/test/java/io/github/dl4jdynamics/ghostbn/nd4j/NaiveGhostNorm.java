/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.Arrays;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The formulas of ghost batch normalization read aloud: one number at a time, in double precision. */
final class NaiveGhostNorm {
    final double[][][] y;
    final double[][][] dx;
    final double[] dGamma;
    final double[] dBeta;
    final double[][] mean;
    final double[][] variance;

    NaiveGhostNorm(double[][][] x, double[][][] dy, double[][] w, GhostSplit split, Affine affine, double eps) {
        int channels = x[0].length;
        int positions = x[0][0].length;
        y = new double[x.length][channels][positions];
        dx = new double[x.length][channels][positions];
        dGamma = new double[channels];
        dBeta = new double[channels];
        mean = new double[split.groups()][channels];
        variance = new double[split.groups()][channels];
        for (int k = 0; k < split.groups(); k++) {
            for (int c = 0; c < channels; c++) {
                group(x, dy, w, split.members(k), k, c, affine, eps);
            }
        }
    }

    private void group(
            double[][][] x, double[][][] dy, double[][] w, int[] members, int k, int c, Affine affine, double eps) {
        double weight = 0;
        double sum = 0;
        for (int n : members) {
            for (int p = 0; p < w[n].length; p++) {
                weight += w[n][p];
                sum += w[n][p] * x[n][c][p];
            }
        }
        double mu = weight == 0 ? 0 : sum / weight;
        double squares = 0;
        double sumDy = 0;
        for (int n : members) {
            for (int p = 0; p < w[n].length; p++) {
                squares += w[n][p] * (x[n][c][p] - mu) * (x[n][c][p] - mu);
                sumDy += dy[n][c][p];
            }
        }
        double v = weight == 0 ? 0 : squares / weight;
        double s = weight == 0 ? 0 : 1 / Math.sqrt(v + eps);
        double sumDyNormal = 0;
        for (int n : members) {
            for (int p = 0; p < w[n].length; p++) {
                double normal = (x[n][c][p] - mu) * s;
                y[n][c][p] = affine.gamma(c) * normal + affine.beta(c);
                sumDyNormal += dy[n][c][p] * normal;
            }
        }
        for (int n : members) {
            for (int p = 0; p < w[n].length; p++) {
                double normal = (x[n][c][p] - mu) * s;
                double through = weight == 0 ? 0 : w[n][p] * (sumDy + normal * sumDyNormal) / weight;
                dx[n][c][p] = affine.gamma(c) * s * (dy[n][c][p] - through);
            }
        }
        mean[k][c] = mu;
        variance[k][c] = v;
        dGamma[c] += sumDyNormal;
        dBeta[c] += sumDy;
    }

    /** An array as [examples][channels][positions], whatever its layout. */
    static double[][][] read(INDArray array, int channelAxis) {
        int channels = (int) array.size(channelAxis);
        int positions = (int) (array.length() / array.size(0) / channels);
        double[][][] values = new double[(int) array.size(0)][channels][positions];
        int[] axes = new int[array.rank()];
        axes[1] = channelAxis;
        int next = 2;
        for (int d = 1; d < axes.length; d++) {
            if (d != channelAxis) {
                axes[next++] = d;
            }
        }
        double[] flat = array.permute(axes).dup('c').data().asDouble();
        for (int i = 0; i < flat.length; i++) {
            values[i / positions / channels][i / positions % channels][i % positions] = flat[i];
        }
        return values;
    }

    static double[][] ones(int examples, int positions) {
        double[][] ones = new double[examples][positions];
        for (double[] row : ones) {
            Arrays.fill(row, 1);
        }
        return ones;
    }
}
