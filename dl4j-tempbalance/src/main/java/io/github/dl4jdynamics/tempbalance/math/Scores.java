/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import com.google.common.primitives.Doubles;

import static com.google.common.base.Preconditions.checkArgument;

/** Checks and means that the assignments share. */
final class Scores {

    private Scores() {}

    /** Refuses an empty array and scores that are not finite; {@code who} names the function in the message. */
    static void checkFinite(String who, double[] scores) {
        checkArgument(
                scores.length > 0,
                "scores of %s must hold at least one layer, got none; keep the base rate when no layer is tuned",
                who);
        for (int i = 0; i < scores.length; i++) {
            checkArgument(
                    Double.isFinite(scores[i]),
                    "scores of %s must be finite, got %s at position %s; leave layers without a usable score out",
                    who,
                    scores[i],
                    i);
        }
    }

    /** Like {@link #checkFinite}, and refuses scores up to and including {@code bound}. */
    static void checkAbove(double bound, String who, double[] scores) {
        checkFinite(who, scores);
        for (int i = 0; i < scores.length; i++) {
            checkArgument(
                    scores[i] > bound,
                    "scores of %s must be > %s, got %s at position %s;"
                            + " use the linear map, which takes any score, or another metric",
                    who,
                    bound,
                    scores[i],
                    i);
        }
    }

    /** Whether all scores are the same number. */
    static boolean allEqual(double[] scores) {
        return Doubles.min(scores) == Doubles.max(scores);
    }

    /** Arithmetic mean; finite for finite values, also where their sum is not, and never outside their range. */
    static double mean(double[] values) {
        double sum = 0;
        double sumOfShares = 0;
        for (double value : values) {
            sum += value;
            sumOfShares += value / values.length;
        }
        // The shares of subnormal values round to nothing, so they serve only where the sum overflows.
        double mean = Double.isFinite(sum) ? sum / values.length : sumOfShares;
        // Keeps the mean of equal values equal to them.
        return Doubles.constrainToRange(mean, Doubles.min(values), Doubles.max(values));
    }

    /** Positive values divided by their mean. */
    static double[] dividedByMean(double[] values) {
        double mean = mean(values);
        double[] quotients = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            quotients[i] = values[i] / mean;
        }
        return quotients;
    }
}
