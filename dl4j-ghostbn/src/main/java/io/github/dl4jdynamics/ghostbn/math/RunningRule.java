/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * How the statistics of the ghost batches move the running mean and variance; eta = 1 - decay, groups in order 1..G.
 *
 * <p>All rules agree when there is one group. Groups without weight (wholly masked) or with non-finite statistics are
 * left out; if none remains, the running value stays.
 *
 * <p>Deviation: the paper's printed formula averages standard deviations with exponents that do not sum to one;
 * {@link #SEQUENTIAL} is what its code does. Hoffer, Hubara, Soudry, NeurIPS 2017, arXiv 1705.08741, algorithm 1.
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
        double mean(GroupMoments moments, int channel, double old, double decay) {
            double average = average(moments, channel, moments::mean);
            return Double.isNaN(average) ? old : decay * old + (1 - decay) * average;
        }

        @Override
        double variance(GroupMoments moments, int channel, double old, double decay) {
            double average = average(moments, channel, moments::variance);
            return Double.isNaN(average) ? old : decay * old + (1 - decay) * average;
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
        double mean(GroupMoments moments, int channel, double old, double decay) {
            return fold(moments, channel, moments::mean, old, 1 - decay);
        }

        @Override
        double variance(GroupMoments moments, int channel, double old, double decay) {
            return fold(moments, channel, moments::variance, old, 1 - decay);
        }
    },

    /**
     * One step for each group at a G-th of the momentum, Composer's rule.
     *
     * <pre>{@code s <- (1-eta/G) s + eta/G s_k      for k = 1..G}</pre>
     */
    SCALED {
        @Override
        double mean(GroupMoments moments, int channel, double old, double decay) {
            return fold(moments, channel, moments::mean, old, (1 - decay) / moments.groups());
        }

        @Override
        double variance(GroupMoments moments, int channel, double old, double decay) {
            return fold(moments, channel, moments::variance, old, (1 - decay) / moments.groups());
        }
    },

    /**
     * One step with the mean and biased variance of the whole batch, as plain batch normalization; the variance between
     * the groups, which training never normalised with, is then part of it.
     */
    WHOLE_BATCH {
        @Override
        double mean(GroupMoments moments, int channel, double old, double decay) {
            return AVERAGE_ONCE.mean(moments, channel, old, decay);
        }

        @Override
        double variance(GroupMoments moments, int channel, double old, double decay) {
            double centre = average(moments, channel, moments::mean);
            double total = average(moments, channel, (k, c) -> {
                double shift = moments.mean(k, c) - centre;
                return moments.variance(k, c) + shift * shift;
            });
            return Double.isNaN(total) ? old : decay * old + (1 - decay) * total;
        }
    };

    /** The running mean of a channel after the iteration. */
    abstract double mean(GroupMoments moments, int channel, double old, double decay);

    /** The running variance of a channel after the iteration. */
    abstract double variance(GroupMoments moments, int channel, double old, double decay);

    private interface Statistic {
        double of(int group, int channel);
    }

    private static double average(GroupMoments moments, int channel, Statistic statistic) {
        double sum = 0;
        double weight = 0;
        for (int k = 0; k < moments.groups(); k++) {
            if (moments.isUsable(k, channel)) {
                sum += moments.weight(k, channel) * statistic.of(k, channel);
                weight += moments.weight(k, channel);
            }
        }
        return sum / weight;
    }

    private static double fold(GroupMoments moments, int channel, Statistic statistic, double old, double eta) {
        double running = old;
        for (int k = 0; k < moments.groups(); k++) {
            if (moments.isUsable(k, channel)) {
                running = (1 - eta) * running + eta * statistic.of(k, channel);
            }
        }
        return running;
    }
}
