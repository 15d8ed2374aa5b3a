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

    /** Records the statistics of neighbouring channels of group k. */
    public void set(int k, int firstChannel, double[] mean, double[] variance, double[] weight) {
        int at = k * channels + firstChannel;
        System.arraycopy(mean, 0, this.mean, at, mean.length);
        System.arraycopy(variance, 0, this.variance, at, mean.length);
        System.arraycopy(weight, 0, this.weight, at, mean.length);
    }

    /** Copies the means of neighbouring channels of group k. */
    public void copyMeans(int k, int firstChannel, double[] into) {
        System.arraycopy(mean, k * channels + firstChannel, into, 0, into.length);
    }

    /** 1 / sqrt(variance + eps), or 0 for a group without weight, whose output is then beta. */
    public double inverseDeviation(int k, int c, double eps) {
        return weight(k, c) == 0 ? 0 : 1 / Math.sqrt(variance(k, c) + eps);
    }

    /** Computes 1 / weight for neighbouring channels of group k, or 0 where the group has no weight. */
    public void copyInverseWeights(int k, int firstChannel, double[] into) {
        System.arraycopy(weight, k * channels + firstChannel, into, 0, into.length);
        for (int i = 0; i < into.length; i++) {
            into[i] = into[i] == 0 ? 0 : 1 / into[i];
        }
    }

    /**
     * Computes 1 / sqrt(variance + eps) for neighbouring channels of group k, or 0 where the group has no weight; in
     * two loops, of which the long one vectorizes.
     */
    public void inverseDeviations(int k, int firstChannel, double eps, double[] into) {
        int at = k * channels + firstChannel;
        System.arraycopy(variance, at, into, 0, into.length);
        for (int i = 0; i < into.length; i++) {
            into[i] = 1 / Math.sqrt(into[i] + eps);
        }
        for (int i = 0; i < into.length; i++) {
            if (weight[at + i] == 0) {
                into[i] = 0;
            }
        }
    }

    /** Means, groups outermost; the array itself. */
    double[] means() {
        return mean;
    }

    /** Variances, groups outermost; the array itself. */
    double[] variances() {
        return variance;
    }

    /** Whether channel c of group k has statistics worth remembering: some weight, and finite numbers. */
    boolean isUsable(int k, int c) {
        int i = k * channels + c;
        // False for NaN too.
        return weight[i] > 0 && Math.abs(mean[i]) + variance[i] < Double.POSITIVE_INFINITY;
    }
}
