/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import io.github.dl4jdynamics.lca.nd4j.ParameterTotals;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import io.github.dl4jdynamics.spectral.oracle.LossOracle;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loss on one data set as it is followed along the path: its value and gradient where the current segment begins, and
 * the running totals. Memory: three parameter vectors, two of them gradients, and the counts.
 */
final class TrackedLoss {
    private final String name;
    private final LossData data;
    private final ParameterTotals totals;

    /** Gradient where the segment begins; within a step, of the gradients in the segment too. */
    private INDArray inside;

    /** Gradient where the segment ends. */
    private INDArray end;

    private double loss = Double.NaN;
    private double lossAtEnd = Double.NaN;

    TrackedLoss(String name, LossData data, LossOracle oracle, boolean counted) {
        this.name = name;
        this.data = data;
        this.inside = oracle.zeros();
        this.end = oracle.zeros();
        this.totals = new ParameterTotals(inside.dataType(), inside.length(), counted);
    }

    String name() {
        return name;
    }

    LossData data() {
        return data;
    }

    ParameterTotals totals() {
        return totals;
    }

    /** Loss where the segment begins. */
    double loss() {
        return loss;
    }

    /** Loss where the segment ends. */
    double lossAtEnd() {
        return lossAtEnd;
    }

    INDArray inside() {
        return inside;
    }

    INDArray end() {
        return end;
    }

    /** Takes loss and gradient where the oracle is as those of the beginning. */
    void begin(LossOracle oracle) {
        lossAtEnd = Double.NaN;
        loss = oracle.gradient(data, inside);
    }

    /** Takes the loss where the oracle is as that of the beginning, without a gradient. Returns whether it is a number. */
    boolean beginsFinite(LossOracle oracle) {
        lossAtEnd = Double.NaN;
        loss = oracle.loss(data);
        return Double.isFinite(loss);
    }

    /** Forgets the losses. */
    void lose() {
        loss = Double.NaN;
        lossAtEnd = Double.NaN;
    }

    /** Takes loss and gradient where the oracle is as those of the end. */
    void reachEnd(LossOracle oracle) {
        lossAtEnd = oracle.gradient(data, end);
    }

    /** Takes the loss where the oracle is as that of the end, without a gradient. */
    void reachEndWithoutGradient(LossOracle oracle) {
        lossAtEnd = oracle.loss(data);
    }

    /** Makes the end of a segment the beginning of the next. */
    void advance() {
        INDArray free = inside;
        inside = end;
        end = free;
        loss = lossAtEnd;
        lossAtEnd = Double.NaN;
    }
}
