/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

/** What it costs to refine Simpson's rule step by step. */
final class Refinement {
    private Refinement() {}

    /**
     * New gradients from the first one at the end of a step to the most splits, doubled each time. Doubling n splits adds n
     * gradients and takes n / 2 once more, whose share changes; a last refinement that is no doubling takes all anew.
     */
    static int mostGradients(int cap) {
        int gradients = 2;
        int splits = 2;
        for (; 2 * splits <= cap; splits *= 2) {
            gradients += splits + splits / 2;
        }
        return splits == cap ? gradients : gradients + cap;
    }
}
