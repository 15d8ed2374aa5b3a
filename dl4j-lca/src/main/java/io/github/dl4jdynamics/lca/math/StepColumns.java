/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;

import static com.google.common.base.Preconditions.checkElementIndex;

/**
 * Sums of many series by columns of steps, as {@link BinnedSums} had them at one moment. Immutable.
 *
 * @since 0.1
 */
public final class StepColumns {
    private final double[][] sums;
    private final int units;
    private final long steps;
    private final long stepsPerColumn;

    StepColumns(double[][] sums, int units, long steps, long stepsPerColumn) {
        this.sums = sums;
        this.units = units;
        this.steps = steps;
        this.stepsPerColumn = stepsPerColumn;
    }

    /** Series. */
    public int units() {
        return units;
    }

    /** Steps in all columns. */
    public long steps() {
        return steps;
    }

    /** Columns. */
    public int columns() {
        return sums.length;
    }

    /** Steps that a full column covers. */
    public long stepsPerColumn() {
        return stepsPerColumn;
    }

    /**
     * 0-based step with which a column begins.
     *
     * @param column 0-based
     * @throws IndexOutOfBoundsException if there is no such column
     */
    public long firstStep(int column) {
        return checkElementIndex(column, sums.length, "column") * stepsPerColumn;
    }

    /**
     * Steps in a column; the last one may have fewer than the others, which a map of means has to divide by.
     *
     * @param column 0-based
     * @throws IndexOutOfBoundsException if there is no such column
     */
    public long stepsIn(int column) {
        return Math.min(stepsPerColumn, steps - firstStep(column));
    }

    /**
     * Sums of one column.
     *
     * @param column 0-based
     * @return a copy, one sum per unit
     * @throws IndexOutOfBoundsException if there is no such column
     */
    public double[] column(int column) {
        checkElementIndex(column, sums.length, "column");
        return sums[column].clone();
    }

    /** A copy, {@code [column][unit]}. */
    public double[][] toArray() {
        return Arrays.stream(sums).map(double[]::clone).toArray(double[][]::new);
    }
}
