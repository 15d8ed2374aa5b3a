/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * How the statistics of the ghost batches move the running mean and variance; eta = 1 - decay, groups in order 1..G.
 *
 * <p>All rules agree when there is one group. Groups without weight (wholly masked) or with non-finite statistics are
 * left out; if none remains, the running value stays.
 *
 * <p>{@link #SEQUENTIAL} is what the code released with the paper does: Hoffer, Hubara, Soudry, NeurIPS 2017, arXiv
 * 1705.08741.
 *
 * @since 0.1.0
 */
public enum RunningRule {
    /**
     * One step with the mean over the groups, weighted by their number of values (mask sums under a mask); the default,
     * as it keeps the memory of plain batch normalization whatever the number of groups. TensorFlow's rule.
     *
     * <pre>{@code s <- (1-eta) s + eta mean_k s_k}</pre>
     */
    AVERAGE_ONCE {
        @Override
        double[] means(GroupMoments moments, double[] old, double decay) {
            return towards(average(moments, moments.means()), old, decay);
        }

        @Override
        double[] variances(GroupMoments moments, double[] old, double decay) {
            return towards(average(moments, moments.variances()), old, decay);
        }
    },

    /**
     * One step for each group; remembers only (1-eta)^G per iteration. Equals running the small batches one after
     * another, as the paper's code does; TabNet too.
     *
     * <pre>{@code s <- (1-eta) s + eta s_k      for k = 1..G}</pre>
     */
    SEQUENTIAL {
        @Override
        double[] means(GroupMoments moments, double[] old, double decay) {
            return fold(moments, moments.means(), old, 1 - decay);
        }

        @Override
        double[] variances(GroupMoments moments, double[] old, double decay) {
            return fold(moments, moments.variances(), old, 1 - decay);
        }
    },

    /**
     * One step for each group at a G-th of the momentum, Composer's rule.
     *
     * <pre>{@code s <- (1-eta/G) s + eta/G s_k      for k = 1..G}</pre>
     */
    SCALED {
        @Override
        double[] means(GroupMoments moments, double[] old, double decay) {
            return fold(moments, moments.means(), old, (1 - decay) / moments.groups());
        }

        @Override
        double[] variances(GroupMoments moments, double[] old, double decay) {
            return fold(moments, moments.variances(), old, (1 - decay) / moments.groups());
        }
    },

    /**
     * One step with the mean and biased variance of the whole batch, as plain batch normalization; the variance between
     * the groups, which training never normalised with, is then part of it.
     */
    WHOLE_BATCH {
        @Override
        double[] means(GroupMoments moments, double[] old, double decay) {
            return AVERAGE_ONCE.means(moments, old, decay);
        }

        @Override
        double[] variances(GroupMoments moments, double[] old, double decay) {
            double[] centre = average(moments, moments.means());
            double[] total = moments.variances().clone();
            for (int i = 0; i < total.length; i++) {
                double shift = moments.means()[i] - centre[i % centre.length];
                total[i] += shift * shift;
            }
            return towards(average(moments, total), old, decay);
        }
    };

    /** The running means of the channels after the iteration. */
    abstract double[] means(GroupMoments moments, double[] old, double decay);

    /** The running variances of the channels after the iteration. */
    abstract double[] variances(GroupMoments moments, double[] old, double decay);

    /** Weighted averages of a statistic over the usable groups, NaN where there is none. */
    private static double[] average(GroupMoments moments, double[] statistic) {
        int channels = moments.channels();
        double[] sum = new double[channels];
        double[] weight = new double[channels];
        for (int k = 0; k < moments.groups(); k++) {
            for (int c = 0; c < channels; c++) {
                if (moments.isUsable(k, c)) {
                    sum[c] += moments.weight(k, c) * statistic[k * channels + c];
                    weight[c] += moments.weight(k, c);
                }
            }
        }
        for (int c = 0; c < channels; c++) {
            sum[c] /= weight[c];
        }
        return sum;
    }

    private static double[] towards(double[] target, double[] old, double decay) {
        for (int c = 0; c < old.length; c++) {
            target[c] = Double.isNaN(target[c]) ? old[c] : decay * old[c] + (1 - decay) * target[c];
        }
        return target;
    }

    private static double[] fold(GroupMoments moments, double[] statistic, double[] old, double eta) {
        int channels = moments.channels();
        double[] running = old.clone();
        for (int k = 0; k < moments.groups(); k++) {
            for (int c = 0; c < channels; c++) {
                if (moments.isUsable(k, c)) {
                    running[c] = (1 - eta) * running[c] + eta * statistic[k * channels + c];
                }
            }
        }
        return running;
    }
}
