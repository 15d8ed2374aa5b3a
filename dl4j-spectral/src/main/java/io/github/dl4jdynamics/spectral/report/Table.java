/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import com.google.common.collect.ImmutableList;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Named columns and rows of numbers, texts and truth values; what {@link Csv}, {@link Json}, {@link TextTable} and
 * {@link ReportSection} write.
 *
 * <p>A cell is a {@link Number}, a {@link Boolean}, null for "no value", or anything else, taken as its {@code
 * toString()}. NaN means "measured, but not a number". Immutable.
 */
public final class Table {
    private final ImmutableList<String> columns;
    private final List<List<Object>> rows;

    private Table(Builder builder) {
        columns = builder.columns;
        rows = Collections.unmodifiableList(new ArrayList<>(builder.rows));
    }

    /**
     * Starts a table.
     *
     * @param columns names of the columns, at least one
     * @return a builder that takes the rows
     * @throws IllegalArgumentException if there is no column
     */
    public static Builder builder(String... columns) {
        return new Builder(ImmutableList.copyOf(columns));
    }

    /**
     * Names of the columns.
     *
     * @return the names, left to right
     */
    public ImmutableList<String> columns() {
        return columns;
    }

    /**
     * Cells row by row.
     *
     * @return unmodifiable rows, each as long as {@link #columns()}; a cell may be null
     */
    public List<List<Object>> rows() {
        return rows;
    }

    List<Object> column(int index) {
        List<Object> cells = new ArrayList<>(rows.size());
        rows.forEach(row -> cells.add(row.get(index)));
        return cells;
    }

    /**
     * The table in aligned columns, as {@link TextTable} prints it.
     *
     * @return lines separated by {@code \n}
     */
    @Override
    public String toString() {
        return TextTable.format(this);
    }

    /** Collects the rows of a {@link Table}. */
    public static final class Builder {
        private final ImmutableList<String> columns;
        private final List<List<Object>> rows = new ArrayList<>();

        private Builder(ImmutableList<String> columns) {
            checkArgument(
                    !columns.isEmpty(), "a Table must have at least one column, got none; name the columns first");
            this.columns = columns;
        }

        /**
         * Adds a row.
         *
         * @param cells as many as there are columns; null for "no value"
         * @return this
         * @throws IllegalArgumentException if the number of cells is wrong
         */
        public Builder row(Object... cells) {
            checkArgument(
                    cells.length == columns.size(),
                    "row %s of the Table must have one cell for each of the columns %s, got %s",
                    rows.size(),
                    columns,
                    Arrays.asList(cells));
            List<Object> row = new ArrayList<>(cells.length);
            for (Object cell : cells) {
                row.add(cell == null || cell instanceof Number || cell instanceof Boolean ? cell : cell.toString());
            }
            rows.add(Collections.unmodifiableList(row));
            return this;
        }

        /**
         * Makes the table.
         *
         * @return the rows so far
         */
        public Table build() {
            return new Table(this);
        }
    }
}
