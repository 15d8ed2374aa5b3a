/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import io.github.dl4jdynamics.lca.nd4j.ParameterTotals;

/** Allocations of one data set's loss summed over a run. Immutable. */
final class AllocationTotals {
    private final String name;
    private final double[] units;
    private final ParameterTotals parameters;

    AllocationTotals(String name, double[] units, ParameterTotals parameters) {
        this.name = name;
        this.units = units;
        this.parameters = parameters;
    }

    String name() {
        return name;
    }

    double[] units() {
        return units.clone();
    }

    ParameterTotals parameters() {
        return parameters;
    }
}
