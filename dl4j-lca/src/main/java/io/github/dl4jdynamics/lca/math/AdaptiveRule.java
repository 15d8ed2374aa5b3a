/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.List;
import java.util.Optional;

/**
 * Trapezoid; with the midpoint added (Simpson) where a step's books do not balance; then as many splits as an error of
 * fourth order asks for, until they do or the cap is reached.
 *
 * <pre>{@code
 * n' = n 2^ceil(log2((|error| / tolerance)^(1/4))),   at least 2 n, at most the cap
 * }</pre>
 */
final class AdaptiveRule implements PathRule {
    private final double relative;
    private final double absolute;
    private final int cap;

    AdaptiveRule(double relative, double absolute, int cap) {
        this.relative = relative;
        this.absolute = absolute;
        this.cap = cap;
    }

    @Override
    public Quadrature first() {
        return Quadrature.trapezoid();
    }

    @Override
    public Optional<Quadrature> refine(Quadrature current, List<StepBooks> books) {
        double excess = excess(books);
        int splits = current.splits();
        if (!(excess > 1) || splits >= cap) {
            return Optional.empty();
        }
        if (splits == 1) {
            return Optional.of(Quadrature.simpson(2));
        }
        double factor = Math.pow(2, Math.max(1, Math.ceil(Math.log(excess) / Math.log(2) / 4)));
        return Optional.of(Quadrature.simpson((int) Math.min(cap, splits * factor)));
    }

    @Override
    public boolean isBalanced(List<StepBooks> books) {
        return excess(books) <= 1;
    }

    /** Largest error in units of its tolerance. */
    private double excess(List<StepBooks> books) {
        return books.stream().mapToDouble(this::excess).max().orElse(0);
    }

    private double excess(StepBooks book) {
        double error = Math.abs(book.error());
        double tolerance = book.tolerance(relative, absolute);
        return error <= tolerance ? 0 : error / tolerance;
    }

    @Override
    public int fewestGradients() {
        return 1;
    }

    @Override
    public int mostGradients() {
        return Refinement.mostGradients(cap);
    }

    @Override
    public String toString() {
        return "adaptive (trapezoid to Simpson/" + cap + ", |error| <= " + relative + " |dL| + " + absolute + " L0)";
    }
}
