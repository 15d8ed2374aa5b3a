/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.List;
import java.util.Optional;

/**
 * The adaptive rule of the reference code.
 *
 * <pre>{@code
 * n = 2 Simpson splits;   while max over data sets |error| > threshold and n < cap: n = min(2 n, cap)
 * }</pre>
 */
final class ReferenceRule implements PathRule {
    private final double threshold;
    private final int cap;

    ReferenceRule(double threshold, int cap) {
        this.threshold = threshold;
        this.cap = cap;
    }

    @Override
    public Quadrature first() {
        return Quadrature.simpson(2);
    }

    @Override
    public Optional<Quadrature> refine(Quadrature current, List<StepBooks> books) {
        return isBalanced(books) || current.splits() >= cap
                ? Optional.empty()
                : Optional.of(Quadrature.simpson(Math.min(cap, 2 * current.splits())));
    }

    @Override
    public boolean isBalanced(List<StepBooks> books) {
        return books.stream().allMatch(book -> Math.abs(book.error()) <= threshold);
    }

    @Override
    public int fewestGradients() {
        return 2;
    }

    @Override
    public int mostGradients() {
        return Refinement.mostGradients(cap);
    }

    @Override
    public String toString() {
        return "reference adaptive (Simpson/2 to " + cap + ", |error| <= " + threshold + ")";
    }
}
