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
 *
 * <p>Errors of single steps could add up to more than the net change of a run whose loss goes up and down. So a step is
 * refined, too, where the sum of the run's errors would leave its own tolerance, unless the step's error is negligible:
 *
 * <pre>{@code
 * |sum of errors| <= relative / 5 min(|L_t - L_0|, L_0) + 2 absolute L_0    or    |error| <= absolute L_0 / 10
 * }</pre>
 */
final class AdaptiveRule implements PathRule {
    private static final double RUN_SHARE = 0.2;
    private static final double NEGLIGIBLE = 0.1;

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
        return books.stream().mapToDouble(this::excessOfStep).allMatch(excess -> excess <= 1);
    }

    /** Largest error in units of its tolerance; NaN if a loss is no number. */
    private double excess(List<StepBooks> books) {
        return books.stream()
                .mapToDouble(book -> Math.max(excessOfStep(book), excessOfRun(book)))
                .max()
                .orElse(0);
    }

    private double excessOfStep(StepBooks book) {
        if (!book.isFinite()) {
            return Double.NaN;
        }
        double error = Math.abs(book.error());
        double tolerance = book.tolerance(relative, absolute);
        return error <= tolerance ? 0 : error / tolerance;
    }

    private double excessOfRun(StepBooks book) {
        if (Double.isNaN(book.runErrorBefore()) || book.initialLoss() == 0) {
            return 0;
        }
        double error = Math.abs(book.error());
        double first = Math.abs(book.initialLoss());
        double tolerance = RUN_SHARE * relative * Math.min(Math.abs(book.runChange()), first) + 2 * absolute * first;
        double negligible = NEGLIGIBLE * absolute * first;
        if (error <= negligible || Math.abs(book.runErrorBefore() + book.error()) <= tolerance) {
            return 0;
        }
        return error / Math.max(negligible, tolerance - Math.abs(book.runErrorBefore()));
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
        // The casts leave out digits that are nothing but rounding.
        return "adaptive (trapezoid to Simpson/" + cap + ", |error| <= " + relative + " |dL| + " + absolute
                + " L0; |sum of errors| <= " + (float) (RUN_SHARE * relative) + " min(|Lt - L0|, L0) + "
                + (float) (2 * absolute) + " L0 where |error| > " + (float) (NEGLIGIBLE * absolute) + " L0)";
    }
}
