/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;

/** Mean and standard deviation, divided by n, of the finite values of a series; about the mean, in two passes. */
final class SeriesMoments {
    final int count;
    final double mean;
    final double standardDeviation;

    private SeriesMoments(double[] finite) {
        this.count = finite.length;
        this.mean = Arrays.stream(finite).sum() / count;
        this.standardDeviation = Math.sqrt(
                Arrays.stream(finite).map(x -> (x - mean) * (x - mean)).sum() / count);
    }

    /** NaN twice if no value is finite. */
    static SeriesMoments of(double[] series) {
        return new SeriesMoments(Arrays.stream(series).filter(Double::isFinite).toArray());
    }
}
