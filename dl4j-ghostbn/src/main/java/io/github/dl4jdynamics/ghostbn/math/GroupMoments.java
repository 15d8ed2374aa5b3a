/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * Mean, biased variance and weight of every channel in every ghost batch.
 *
 * <pre>{@code
 * weight = sum w      mean = sum w x / weight      variance = sum w (x - mean)^2 / weight
 * }</pre>
 *
 * with w = 1 for every value unless a mask says otherwise. A channel of a group with no weight has mean 0 and
 * variance 0. Writable once, by the pass that measures it, from several threads at different places.
 *
 * @since 0.1.0
 */
public final class GroupMoments {
    private final int groups;
    private final int channels;
    private final double[] mean;
    private final double[] variance;
    private final double[] weight;

    /** Room for so many groups and channels, all zero. */
    public GroupMoments(int groups, int channels) {
        this.groups = groups;
        this.channels = channels;
        this.mean = new double[groups * channels];
        this.variance = new double[groups * channels];
        this.weight = new double[groups * channels];
    }

    /** One group with statistics that were not measured on a batch: running means and variances. */
    public static GroupMoments fixed(double[] mean, double[] variance) {
        GroupMoments moments = new GroupMoments(1, mean.length);
        for (int c = 0; c < mean.length; c++) {
            moments.set(0, c, mean[c], variance[c], 1);
        }
        return moments;
    }

    /** Number of groups. */
    public int groups() {
        return groups;
    }

    /** Number of channels. */
    public int channels() {
        return channels;
    }

    /** Mean of channel c in group k. */
    public double mean(int k, int c) {
        return mean[k * channels + c];
    }

    /** Biased variance of channel c in group k. */
    public double variance(int k, int c) {
        return variance[k * channels + c];
    }

    /** Sum of the weights of channel c in group k; the number of values if there is no mask. */
    public double weight(int k, int c) {
        return weight[k * channels + c];
    }

    /** Records the statistics of channel c in group k. */
    public void set(int k, int c, double mean, double variance, double weight) {
        this.mean[k * channels + c] = mean;
        this.variance[k * channels + c] = variance;
        this.weight[k * channels + c] = weight;
    }

    /** 1 / sqrt(variance + eps), or 0 for a group without weight, whose output is then beta. */
    public double inverseDeviation(int k, int c, double eps) {
        return weight(k, c) == 0 ? 0 : 1 / Math.sqrt(variance(k, c) + eps);
    }

    /** Whether channel c of group k has statistics worth remembering: some weight, and finite numbers. */
    boolean isUsable(int k, int c) {
        return weight(k, c) > 0 && Double.isFinite(mean(k, c)) && Double.isFinite(variance(k, c));
    }
}
