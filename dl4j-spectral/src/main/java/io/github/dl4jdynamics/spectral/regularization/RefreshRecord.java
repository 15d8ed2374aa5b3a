/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import io.github.dl4jdynamics.spectral.nd4j.eigen.BasisRefresh;

/**
 * One refresh of the singular vectors of one matrix, or of the principal components of one layer. Immutable.
 *
 * @since 0.1
 */
public final class RefreshRecord {
    private final int iteration;
    private final String matrix;
    private final BasisRefresh refresh;
    private final double penalty;
    private final double[] values;
    private final double smallest;

    /**
     * A record.
     *
     * @param descending all values that the penalty looks at
     */
    RefreshRecord(int iteration, String matrix, BasisRefresh refresh, double penalty, double[] descending) {
        this.iteration = iteration;
        this.matrix = matrix;
        this.refresh = refresh;
        this.penalty = penalty;
        this.values = atPowersOfTwo(descending);
        this.smallest = descending.length == 0 ? Double.NaN : descending[descending.length - 1];
    }

    /** Iteration of the network, 0-based. */
    public int iteration() {
        return iteration;
    }

    /** Layer and parameter, with the 0-based number of the matrix where there are several. */
    public String matrix() {
        return matrix;
    }

    /** What happened, how far off the vectors had been, and how long it took. */
    public BasisRefresh refresh() {
        return refresh;
    }

    /** The penalty without its coefficient. */
    public double penalty() {
        return penalty;
    }

    /**
     * Singular values (of a layer's components: variances) of ranks 1, 2, 4, 8 and so on, as far as the penalty looks at
     * them; a copy. {@code NEWTON_SCHULZ} knows their sum alone, which stands for the first.
     */
    public double[] values() {
        return values.clone();
    }

    /** The smallest value that the penalty looks at; NaN where there is none. */
    public double smallest() {
        return smallest;
    }

    @Override
    public String toString() {
        return "iteration " + iteration + ", " + matrix + ": " + refresh;
    }

    /** Values at ranks 1, 2, 4, ... of all. */
    private static double[] atPowersOfTwo(double[] descending) {
        int count = 0;
        while (count < 31 && 1 << count <= descending.length) {
            count++;
        }
        double[] chosen = new double[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = descending[(1 << i) - 1];
        }
        return chosen;
    }
}
