/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/** The line {@code y = a + b x} through points by least squares; about the means, so that large x cancel nothing. */
final class LeastSquaresLine {
    final double intercept;
    final double slope;
    final double slopeStandardError;

    private LeastSquaresLine(double intercept, double slope, double slopeStandardError) {
        this.intercept = intercept;
        this.slope = slope;
        this.slopeStandardError = slopeStandardError;
    }

    /** Needs three points, not all at one x. */
    static LeastSquaresLine through(double[] x, double[] y) {
        int n = x.length;
        double meanX = mean(x);
        double meanY = mean(y);
        double sxx = 0;
        double sxy = 0;
        for (int i = 0; i < n; i++) {
            sxx += (x[i] - meanX) * (x[i] - meanX);
            sxy += (x[i] - meanX) * (y[i] - meanY);
        }
        double slope = sxy / sxx;
        double intercept = meanY - slope * meanX;
        double residual = 0;
        for (int i = 0; i < n; i++) {
            double error = y[i] - meanY - slope * (x[i] - meanX);
            residual += error * error;
        }
        return new LeastSquaresLine(intercept, slope, Math.sqrt(residual / (n - 2) / sxx));
    }

    double at(double x) {
        return intercept + slope * x;
    }

    /** {@code 1 - sum (y - fitted)^2 / sum (y - mean y)^2}; NaN when all y are equal. */
    static double rSquared(double[] y, double[] fitted) {
        double mean = mean(y);
        double residual = 0;
        double total = 0;
        boolean varies = false;
        for (int i = 0; i < y.length; i++) {
            residual += (y[i] - fitted[i]) * (y[i] - fitted[i]);
            total += (y[i] - mean) * (y[i] - mean);
            varies |= y[i] != y[0];
        }
        return varies ? 1 - residual / total : Double.NaN;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
