/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.List;
import java.util.Optional;

/** The same quadrature for every step, whatever the books say. */
final class FixedRule implements PathRule {
    private final Quadrature quadrature;

    FixedRule(Quadrature quadrature) {
        this.quadrature = quadrature;
    }

    @Override
    public Quadrature first() {
        return quadrature;
    }

    @Override
    public Optional<Quadrature> refine(Quadrature current, List<StepBooks> books) {
        return Optional.empty();
    }

    @Override
    public boolean isBalanced(List<StepBooks> books) {
        return true;
    }

    @Override
    public int fewestGradients() {
        return quadrature.size() == 1 ? 1 : quadrature.size() - 1;
    }

    @Override
    public int mostGradients() {
        return fewestGradients();
    }

    @Override
    public String toString() {
        return quadrature.toString();
    }
}
