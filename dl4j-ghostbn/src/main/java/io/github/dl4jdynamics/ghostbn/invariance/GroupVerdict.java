/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.Locale;

/**
 * What Euler's identity says of a candidate group in training.
 *
 * @since 0.1
 */
public final class GroupVerdict {
    private final ScaleInvariantGroup group;
    private final int checks;
    private final double worstDefect;
    private final double limit;

    private GroupVerdict(ScaleInvariantGroup group, int checks, double worstDefect, double limit) {
        this.group = group;
        this.checks = checks;
        this.worstDefect = worstDefect;
        this.limit = limit;
    }

    static GroupVerdict pending(ScaleInvariantGroup group, double limit) {
        return new GroupVerdict(group, 0, Double.NaN, limit);
    }

    /** The verdict after one more sample; a sample without weights or gradient says nothing. */
    GroupVerdict with(double defect) {
        return Double.isNaN(defect)
                ? this
                : new GroupVerdict(group, checks + 1, checks == 0 ? defect : Math.max(worstDefect, defect), limit);
    }

    /** The candidate. */
    public ScaleInvariantGroup group() {
        return group;
    }

    /** Samples checked so far. */
    public int checks() {
        return checks;
    }

    /** Largest {@code |<w, g>| / (|w| |g|)} of them; NaN before the first. */
    public double worstDefect() {
        return worstDefect;
    }

    /** Whether no checked sample exceeded the limit. */
    public boolean isConfirmed() {
        return checks > 0 && worstDefect < limit;
    }

    /** Whether the group is in the sums over all weights: confirmed, and not of gamma and beta alone. */
    public boolean isCounted() {
        return isConfirmed() && !group.isAffine();
    }

    /** The verdict in words. */
    public String reason() {
        if (checks == 0) {
            return group.reason() + "; no gradient yet";
        }
        if (!isConfirmed()) {
            return String.format(
                    Locale.ROOT,
                    "refused: weights and gradient should be orthogonal, cosine %.3g is not below %.3g",
                    worstDefect,
                    limit);
        }
        return group.reason() + (group.isAffine() ? "; not in the sums, for gamma and beta never decay" : "");
    }

    @Override
    public String toString() {
        return group.name() + ": " + reason();
    }
}
