/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.lca.math.Quadrature;
import io.github.dl4jdynamics.lca.nd4j.AllocationPass;
import io.github.dl4jdynamics.lca.nd4j.AllocationSums;
import io.github.dl4jdynamics.lca.nd4j.ParameterTotals;
import io.github.dl4jdynamics.lca.nd4j.PathSegment;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.LossOracle;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Allocations of the loss of each class, with the quadrature chosen for the loss of all. Each keeps the gradient where the
 * segment begins and its totals, two parameter vectors; gradients in the segment pass through a scratch vector.
 */
final class ClassLosses {
    private final LossOracle oracle;
    private final AllocationPass pass;
    private final int arrays;
    private final int units;
    private final List<ClassLoss> classes = new ArrayList<>();

    ClassLosses(LossOracle oracle, AllocationPass pass, int arrays, int units) {
        this.oracle = oracle;
        this.pass = pass;
        this.arrays = arrays;
        this.units = units;
    }

    /** Adds a loss for each class that has rows. */
    void addClassesOf(LossData data) {
        int[] numbers = ClassLabels.present(data);
        List<LossData> byClass = data.byClass(oracle.dependsOnBatches());
        for (int i = 0; i < numbers.length; i++) {
            classes.add(new ClassLoss("class " + numbers[i], byClass.get(i)));
        }
    }

    /** Begins a path where the oracle is. */
    void begin() {
        for (ClassLoss one : classes) {
            one.loss = oracle.gradient(one.data, one.gradient);
        }
    }

    /** Allocates a segment and goes on to the next; {@link #allocations} are what was booked, even if this throws. */
    void allocate(INDArray from, INDArray to, Quadrature quadrature, INDArray scratch) {
        if (classes.isEmpty()) {
            return; // without moving the oracle
        }
        for (ClassLoss one : classes) {
            one.sums = new AllocationSums(arrays, units);
            one.before = one.loss;
            one.loss = Double.NaN;
        }
        if (quadrature.weightAt(0) != 0) {
            classes.forEach(one -> one.add(from, to, one.gradient, quadrature.weightAt(0)));
        }
        for (int k = 0; k < quadrature.size(); k++) {
            double node = quadrature.node(k);
            if (node > 0 && node < 1) {
                oracle.moveTo(from, to, node);
                for (ClassLoss one : classes) {
                    oracle.gradient(one.data, scratch);
                    one.add(from, to, scratch, quadrature.weight(k));
                }
            }
        }
        oracle.moveTo(to);
        for (ClassLoss one : classes) {
            one.loss = oracle.gradient(one.data, one.gradient);
            if (quadrature.weightAt(1) != 0) {
                one.add(from, to, one.gradient, quadrature.weightAt(1));
            }
        }
    }

    /** What the latest segment booked, one for each class; a loss that is not known is NaN. */
    ImmutableList<LossAllocation> allocations() {
        return classes.stream()
                .map(one -> new LossAllocation(
                        one.name, one.before, one.loss, one.sums.total(), one.sums.arrays(), new long[0], new long[0]))
                .collect(ImmutableList.toImmutableList());
    }

    /** Totals by parameter of each class. */
    List<ParameterTotals> totals() {
        List<ParameterTotals> totals = new ArrayList<>();
        classes.forEach(one -> totals.add(one.totals));
        return totals;
    }

    private final class ClassLoss {
        private final String name;
        private final LossData data;
        private final INDArray gradient;
        private final ParameterTotals totals;
        private double before;
        private double loss;
        private AllocationSums sums;

        ClassLoss(String name, LossData data) {
            this.name = name;
            this.data = data;
            this.gradient = oracle.zeros();
            this.totals = new ParameterTotals(gradient.dataType(), gradient.length(), false);
        }

        void add(INDArray from, INDArray to, INDArray gradientThere, double weight) {
            pass.allocate(new PathSegment(from, to, gradientThere, weight, gradientThere, 0), sums, totals);
        }
    }
}
