/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Where a segment's gradients are taken and how they are averaged.
 *
 * <pre>{@code
 * gbar = sum_k w_k g(theta + s_k (theta' - theta)),   0 <= s_0 < s_1 < ... <= 1,   sum_k w_k = 1
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Quadrature {
    private final String name;
    private final double[] nodes;
    private final double[] weights;

    private Quadrature(String name, double[] nodes, double[] weights) {
        this.name = name;
        this.nodes = nodes;
        this.weights = weights;
    }

    /** The gradient before the step, Euler's rule; order 1. Its error is {@code -d'Hd/2}: in a bowl it claims too much help. */
    public static Quadrature left() {
        return new Quadrature("left", new double[] {0}, new double[] {1});
    }

    /** The gradient after the step; order 1. Its error is {@code +d'Hd/2}. */
    public static Quadrature right() {
        return new Quadrature("right", new double[] {1}, new double[] {1});
    }

    /** The gradient half-way; order 2. */
    public static Quadrature midpoint() {
        return new Quadrature("midpoint", new double[] {0.5}, new double[] {1});
    }

    /** The mean of the gradients before and after the step; order 2. */
    public static Quadrature trapezoid() {
        return new Quadrature("trapezoid", new double[] {0, 1}, new double[] {0.5, 0.5});
    }

    /**
     * Composite Simpson's rule: weights 1, 4, 2, 4, ..., 4, 1 divided by three times the splits; order 4.
     *
     * @param splits equal pieces of the segment, even, at least 2; with 2 it is what the paper calls RK4
     * @throws IllegalArgumentException for another number
     */
    public static Quadrature simpson(int splits) {
        checkArgument(splits >= 2 && splits % 2 == 0, "splits of Simpson's rule must be even and >= 2, got %s", splits);
        double[] nodes = new double[splits + 1];
        double[] weights = new double[splits + 1];
        for (int k = 0; k <= splits; k++) {
            nodes[k] = (double) k / splits;
            weights[k] = (k == 0 || k == splits ? 1 : k % 2 == 1 ? 4 : 2) / (3.0 * splits);
        }
        return new Quadrature("Simpson/" + splits, nodes, weights);
    }

    /** Number of gradients. */
    public int size() {
        return nodes.length;
    }

    /** Position of a gradient, 0-based and ascending: 0 is before the step, 1 after it. */
    public double node(int k) {
        return nodes[k];
    }

    /** Weight of a gradient, 0-based. */
    public double weight(int k) {
        return weights[k];
    }

    /** Weight of the gradient at a position; 0 where there is none. */
    public double weightAt(double node) {
        int k = Arrays.binarySearch(nodes, node);
        return k < 0 ? 0 : weights[k];
    }

    /** Equal pieces between the outermost positions; 0 for a single one. */
    public int splits() {
        return nodes.length - 1;
    }

    @Override
    public String toString() {
        return name;
    }
}
