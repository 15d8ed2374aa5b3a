/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.List;
import java.util.Optional;

/**
 * How the path integral of the gradient over a step's straight segment is computed: a {@link Quadrature} to begin with,
 * and a finer one where the books of the step demand it.
 *
 * @see PathRules
 */
public interface PathRule {

    /** The quadrature to begin each step with. */
    Quadrature first();

    /**
     * The quadrature to go on with.
     *
     * @param current the quadrature that gave the books
     * @param books of all data sets, with {@code current}
     * @return empty if the books will do, or nothing finer is allowed; must be empty after as many refinements of a step as
     *     {@link #mostGradients}, or the step fails
     */
    Optional<Quadrature> refine(Quadrature current, List<StepBooks> books);

    /** Whether the books of a step are within what this rule promises; true for rules that promise nothing. */
    boolean isBalanced(List<StepBooks> books);

    /** Fewest new gradients per step and data set, the gradient before the step being known. */
    int fewestGradients();

    /**
     * Most new gradients per step and data set, those that a refinement takes once more included. A step that takes more
     * fails, so that no rule can hold up training for ever; after a step without a gradient at its end one more is allowed.
     */
    int mostGradients();
}
