/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.collect.ImmutableMap;
import com.google.common.primitives.Doubles;

/**
 * Mean scores of the blocks that have a usable score, in the order of their first member with one.
 *
 * <pre>{@code
 * score of a block          = mean of its m members' finite scores
 * standard error of a block = sqrt(sum of squares of the m standard errors) / m       NaN if one is unknown
 * }</pre>
 */
final class BlockScores {

    private final List<String> keys = new ArrayList<>();
    private final double[] scores;
    private final double[] standardErrors;

    /** One key (empty = in no block), score (NaN = unusable) and standard error (NaN = unknown) per layer. */
    BlockScores(List<Optional<String>> keyOfLayer, double[] scoreOfLayer, double[] standardErrorOfLayer) {
        Map<String, List<Integer>> members = new LinkedHashMap<>();
        for (int i = 0; i < scoreOfLayer.length; i++) {
            if (keyOfLayer.get(i).isPresent() && Double.isFinite(scoreOfLayer[i])) {
                members.computeIfAbsent(keyOfLayer.get(i).get(), key -> new ArrayList<>())
                        .add(i);
            }
        }
        List<Double> means = new ArrayList<>();
        List<Double> errors = new ArrayList<>();
        members.forEach((key, indices) -> {
            keys.add(key);
            means.add(Scores.mean(pick(scoreOfLayer, indices)));
            errors.add(errorOfMean(pick(standardErrorOfLayer, indices)));
        });
        this.scores = Doubles.toArray(means);
        this.standardErrors = Doubles.toArray(errors);
    }

    private static double[] pick(double[] values, List<Integer> indices) {
        return indices.stream().mapToDouble(i -> values[i]).toArray();
    }

    private static double errorOfMean(double[] errors) {
        double sumOfSquares = 0;
        for (double error : errors) {
            sumOfSquares += error * error;
        }
        return Math.sqrt(sumOfSquares) / errors.length;
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** One score per block. */
    double[] scores() {
        return scores.clone();
    }

    /** One standard error per block. */
    double[] standardErrors() {
        return standardErrors.clone();
    }

    /** Names values given in the order of {@link #scores()} by the blocks' keys. */
    ImmutableMap<String, Double> byKey(double[] valueOfBlock) {
        ImmutableMap.Builder<String, Double> byKey = ImmutableMap.builder();
        for (int i = 0; i < valueOfBlock.length; i++) {
            byKey.put(keys.get(i), valueOfBlock[i]);
        }
        return byKey.build();
    }
}
