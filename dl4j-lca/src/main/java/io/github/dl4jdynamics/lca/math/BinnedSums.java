/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.math;

import java.util.Arrays;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkElementIndex;

/**
 * Sums of many series over an unknown number of steps in bounded memory: the heat map of neurons against iterations.
 *
 * <pre>{@code
 * column[c][u] = sum of value[t][u] over w steps,   t = c w ... c w + w - 1
 * }</pre>
 *
 * <p>One step is a column at first, {@code w = 1}. When all columns are full, neighbours are added and w doubles. Columns
 * are totals: their sum is the sum of all that was added, up to rounding. A value that is not finite stays in its
 * column; for a step not measured, add nothing.
 *
 * <p>An addition costs O(units), with all merging at most twice that on average. Memory: 8 bytes times units times
 * columns in use, at most {@code maxColumns}; a snapshot as much again. Not thread-safe.
 *
 * @since 0.1
 */
public final class BinnedSums {
    /** Columns at most, 256: between half and all of them are in use once full, a column per pixel or two (ours). */
    public static final int DEFAULT_MAX_COLUMNS = 256;

    private final int units;
    private final double[][] columns;
    private long steps;
    private long stepsPerColumn = 1;

    /**
     * With {@value #DEFAULT_MAX_COLUMNS} columns at most.
     *
     * @param units series, such as neurons
     * @throws IllegalArgumentException if units are negative
     */
    public BinnedSums(int units) {
        this(units, DEFAULT_MAX_COLUMNS);
    }

    /**
     * With a number of columns of choice.
     *
     * @param units series, such as neurons
     * @param maxColumns columns at most, even
     * @throws IllegalArgumentException if units are negative, or if maxColumns is odd or less than 2
     */
    public BinnedSums(int units, int maxColumns) {
        checkArgument(units >= 0, "units must be >= 0, got %s; give the number of series", units);
        checkArgument(
                maxColumns >= 2 && maxColumns % 2 == 0,
                "maxColumns must be even and >= 2, got %s; use %s",
                maxColumns,
                DEFAULT_MAX_COLUMNS);
        this.units = units;
        this.columns = new double[maxColumns][];
    }

    /**
     * Adds one step.
     *
     * @param unitValues one per unit
     * @throws IllegalArgumentException if there are not as many values as units
     */
    public void add(double[] unitValues) {
        checkArgument(
                unitValues.length == units,
                "a step must have one value per unit, %s, got %s; units cannot change on the way",
                units,
                unitValues.length);
        if (steps == columns.length * stepsPerColumn) {
            merge();
        }
        int column = (int) (steps / stepsPerColumn);
        if (columns[column] == null) {
            columns[column] = new double[units];
        }
        addTo(columns[column], unitValues);
        steps++;
    }

    private void merge() {
        for (int c = 0; c < columns.length / 2; c++) {
            columns[c] = columns[2 * c];
            addTo(columns[c], columns[2 * c + 1]);
        }
        Arrays.fill(columns, columns.length / 2, columns.length, null);
        stepsPerColumn *= 2;
    }

    private static void addTo(double[] sums, double[] values) {
        for (int u = 0; u < sums.length; u++) {
            sums[u] += values[u];
        }
    }

    /** Series. */
    public int units() {
        return units;
    }

    /** Steps added. */
    public long steps() {
        return steps;
    }

    /** Columns in use; the last one may still be filling. */
    public int columns() {
        return (int) ((steps + stepsPerColumn - 1) / stepsPerColumn);
    }

    /** {@code w}: steps that a full column covers, a power of two. */
    public long stepsPerColumn() {
        return stepsPerColumn;
    }

    /**
     * Sums of one column.
     *
     * @param column 0-based
     * @return a copy, one sum per unit
     * @throws IndexOutOfBoundsException if the column is not in use
     */
    public double[] column(int column) {
        checkElementIndex(column, columns(), "column");
        return columns[column].clone();
    }

    /** The sums as they are now, not changed by later additions. */
    public StepColumns snapshot() {
        double[][] copies = new double[columns()][];
        Arrays.setAll(copies, this::column);
        return new StepColumns(copies, units, steps, stepsPerColumn);
    }
}
