/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static com.google.common.base.Preconditions.checkArgument;

/** What a listener must know to serve a graph that was loaded, kept in the graph as a constant. */
final class TermSettings {
    private static final int VERSION = 1;

    private final EigenFunction function;
    private final int period;
    private final double tolerance;

    TermSettings(EigenFunction function, int period, double tolerance) {
        this.function = function;
        this.period = period;
        this.tolerance = tolerance;
    }

    static TermSettings of(INDArray array, String term) {
        double[] numbers = array.toDoubleVector();
        checkArgument(
                numbers.length == 4 && numbers[0] == VERSION,
                "settings of eigen term '%s' must be of version %s, got version %s; build the term anew",
                term,
                VERSION,
                numbers[0]);
        return new TermSettings(EigenFunction.values()[(int) numbers[1]], (int) numbers[2], numbers[3]);
    }

    /** Four doubles: version, function, period, tolerance. */
    INDArray toArray() {
        return Nd4j.createFromArray(new double[] {VERSION, function.ordinal(), period, tolerance});
    }

    EigenFunction function() {
        return function;
    }

    int period() {
        return period;
    }

    double tolerance() {
        return tolerance;
    }
}
