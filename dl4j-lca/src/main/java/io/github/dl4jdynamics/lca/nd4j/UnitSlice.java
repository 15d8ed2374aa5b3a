/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

/**
 * A range of the flat vector that belongs to one array, and the unit that each of its elements belongs to.
 *
 * <pre>{@code
 * unit(p) = firstUnit + floor((p - from) / run) mod units,   from <= p < to
 * }</pre>
 *
 * <p>Immutable.
 */
public final class UnitSlice {
    final int array;
    final long from;
    final long to;
    final long run;
    final int units;
    final int firstUnit;

    /**
     * A slice.
     *
     * @param array 0-based number of its array
     * @param from 0-based first position
     * @param to position after the last
     * @param run neighbouring elements of one unit
     * @param units units after which the first follows again
     * @param firstUnit 0-based number of the first
     */
    public UnitSlice(int array, long from, long to, long run, int units, int firstUnit) {
        this.array = array;
        this.from = from;
        this.to = to;
        this.run = run;
        this.units = units;
        this.firstUnit = firstUnit;
    }

    /** Unit of a position, 0-based. */
    public int unit(long position) {
        return firstUnit + (int) ((position - from) / run % units);
    }

    @Override
    public String toString() {
        return "array " + array + " [" + from + ", " + to + "), " + units + " units from " + firstUnit + ", runs of "
                + run;
    }
}
