/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Signed values as coloured cells, for example one row per neuron and one column per iteration.
 *
 * <p>Negative is green (helps), positive is red (hurts), both the stronger the farther from zero; what lies beyond the
 * range has the colour of its end. NaN and infinite values leave an empty cell. All columns have the same width,
 * whatever the distance of their x values. Of a map of more than 400 rows or columns neighbours share a cell, which
 * shows the value farthest from zero; a note below says so. The page keeps three digits of a value. Immutable.
 */
public final class HeatMap {
    private final Map<String, Object> content;

    private HeatMap(Map<String, Object> content) {
        this.content = content;
    }

    /**
     * Starts a heat map.
     *
     * @param title shown above it
     * @param x positions of the columns, ascending
     * @param values [rows][columns]; the first row is at the top
     * @return a builder
     * @throws IllegalArgumentException if x does not ascend or a row has not one value for each x
     */
    public static Builder builder(String title, double[] x, double[][] values) {
        return new Builder(title, x, values);
    }

    Map<String, Object> toMap() {
        return content;
    }

    /** Collects the settings of a {@link HeatMap}. */
    public static final class Builder {
        private final String title;
        private final double[] x;
        private final double[][] values;
        private final List<Map<String, Object>> groups = new ArrayList<>();
        private ImmutableList<String> rowNames = ImmutableList.of();
        private int groupedRows;
        private double range;
        private String xLabel = "";
        private String yLabel = "";
        private String valueLabel = "";
        private String negative = "";
        private String positive = "";
        private String note = "";

        private Builder(String title, double[] x, double[][] values) {
            for (int i = 0; i < x.length; i++) {
                checkArgument(
                        Double.isFinite(x[i]) && (i == 0 || x[i - 1] < x[i]),
                        "x of heat map '%s' must be finite and ascend, got %s at index %s; sort the columns",
                        title,
                        x[i],
                        i);
            }
            for (int row = 0; row < values.length; row++) {
                checkArgument(
                        values[row].length == x.length,
                        "row %s of heat map '%s' must have one value for each of the %s x, got %s; "
                                + "NaN leaves a cell empty",
                        row,
                        title,
                        x.length,
                        values[row].length);
            }
            this.title = title;
            this.x = x.clone();
            this.values = Arrays.stream(values).map(double[]::clone).toArray(double[][]::new);
        }

        /**
         * Names the horizontal axis. Default empty.
         *
         * @param label quantity and unit
         * @return this
         */
        public Builder xLabel(String label) {
            xLabel = label;
            return this;
        }

        /**
         * Names what a row is, for example {@code neuron}. Default empty.
         *
         * @param label kind of the rows
         * @return this
         */
        public Builder yLabel(String label) {
            yLabel = label;
            return this;
        }

        /**
         * Names what the colours stand for. Default empty.
         *
         * @param label quantity and unit
         * @return this
         */
        public Builder valueLabel(String label) {
            valueLabel = label;
            return this;
        }

        /**
         * Names every row. Default: its group, if there are groups, and its 0-based index there.
         *
         * @param names top to bottom, as many as rows
         * @return this
         * @throws IllegalArgumentException if the number of names is wrong
         */
        public Builder rowNames(List<String> names) {
            checkArgument(
                    names.size() == values.length,
                    "heat map '%s' must have one name for each of the %s rows, got %s",
                    title,
                    values.length,
                    names.size());
            rowNames = ImmutableList.copyOf(names);
            return this;
        }

        /**
         * Adds a group, for example a layer: the next rows from the top, parted by a line from those below. Default
         * none.
         *
         * @param name shown at the side
         * @param rows of the group, at least 1; all groups together must have all rows
         * @return this
         * @throws IllegalArgumentException if rows is not positive
         */
        public Builder group(String name, int rows) {
            checkArgument(
                    rows >= 1,
                    "rows of group '%s' of heat map '%s' must be >= 1, got %s; leave an empty group out",
                    name,
                    title,
                    rows);
            groups.add(ImmutableMap.of("name", name, "rows", rows));
            groupedRows += rows;
            return this;
        }

        /**
         * Distance from zero at which a colour is at its strongest. Default: the largest of all values; less shows more
         * where a few values are far larger than the rest.
         *
         * @param range positive, in the unit of the values
         * @return this
         * @throws IllegalArgumentException if range is not positive and finite
         */
        public Builder range(double range) {
            checkArgument(
                    range > 0 && Double.isFinite(range),
                    "range of heat map '%s' must be > 0 and finite, got %s; leave it out for the largest value",
                    title,
                    range);
            this.range = range;
            return this;
        }

        /**
         * Words for the two ends of the colours. Default none.
         *
         * @param negative for example {@code helps}
         * @param positive for example {@code hurts}
         * @return this
         */
        public Builder ends(String negative, String positive) {
            this.negative = negative;
            this.positive = positive;
            return this;
        }

        /**
         * Adds a sentence below the chart. Default none.
         *
         * @param text plain text
         * @return this
         */
        public Builder note(String text) {
            note = text;
            return this;
        }

        /**
         * Makes the heat map.
         *
         * @return the heat map
         * @throws IllegalArgumentException if there are groups and they have not all rows
         */
        public HeatMap build() {
            checkArgument(
                    groups.isEmpty() || groupedRows == values.length,
                    "groups of heat map '%s' must have all %s rows together, got %s; add a group for the rest",
                    title,
                    values.length,
                    groupedRows);
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("kind", "heatMap");
            map.put("title", title);
            map.put("note", note);
            map.put("xLabel", xLabel);
            map.put("yLabel", yLabel);
            map.put("valueLabel", valueLabel);
            map.put("negative", negative);
            map.put("positive", positive);
            map.put("range", range > 0 ? range : largest());
            map.put("rowNames", rowNames);
            map.put("groups", new ArrayList<>(groups));
            map.put("x", x);
            map.put("values", values);
            return new HeatMap(map);
        }

        /** Distance of the farthest finite value from zero; 1 if all are zero or missing. */
        private double largest() {
            double largest = Arrays.stream(values)
                    .flatMapToDouble(Arrays::stream)
                    .map(Math::abs)
                    .filter(Double::isFinite)
                    .max()
                    .orElse(0);
            return largest > 0 ? largest : 1;
        }
    }
}
