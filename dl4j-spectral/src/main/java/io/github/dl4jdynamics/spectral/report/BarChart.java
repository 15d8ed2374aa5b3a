/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableMap;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * One bar per category and series, for example per layer; many or long categories lie on their side.
 *
 * <p>Values may be negative; NaN leaves a gap. Immutable.
 */
public final class BarChart {
    private final Map<String, Object> content;

    private BarChart(Map<String, Object> content) {
        this.content = content;
    }

    /**
     * Starts a chart.
     *
     * @param title shown above it
     * @param categories names of the bars, in order
     * @return a builder
     */
    public static Builder builder(String title, List<String> categories) {
        return new Builder(title, categories);
    }

    Map<String, Object> toMap() {
        return content;
    }

    /** Collects the series of a {@link BarChart}. */
    public static final class Builder {
        private final String title;
        private final List<String> categories;
        private final List<Map<String, Object>> series = new ArrayList<>();
        private String valueLabel = "";
        private String note = "";
        private boolean signed;

        private Builder(String title, List<String> categories) {
            this.title = title;
            this.categories = new ArrayList<>(categories);
        }

        /**
         * Adds one bar per category.
         *
         * @param name shown in the legend
         * @param values as many as categories
         * @return this
         * @throws IllegalArgumentException if the number of values is wrong
         */
        public Builder bars(String name, double... values) {
            checkArgument(
                    values.length == categories.size(),
                    "bars '%s' must have one value for each of the %s categories, got %s",
                    name,
                    categories.size(),
                    values.length);
            series.add(ImmutableMap.of("name", name, "values", values.clone()));
            return this;
        }

        /**
         * Colours the bars by their sign, as {@link HeatMap} does: green below zero (helps), red above (hurts). For one
         * series only. Default: one colour per series.
         *
         * @return this
         */
        public Builder signed() {
            signed = true;
            return this;
        }

        /**
         * Names the value axis. Default empty.
         *
         * @param label quantity and unit
         * @return this
         */
        public Builder valueLabel(String label) {
            valueLabel = label;
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
         * Makes the chart.
         *
         * @return the series so far
         * @throws IllegalArgumentException if it is signed and there is more than one series
         */
        public BarChart build() {
            checkArgument(
                    !signed || series.size() <= 1,
                    "signed bar chart '%s' must have at most one series of bars, got %s; make one chart for each",
                    title,
                    series.size());
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("kind", "barChart");
            map.put("title", title);
            map.put("note", note);
            map.put("valueLabel", valueLabel);
            map.put("signed", signed);
            map.put("categories", categories);
            map.put("series", new ArrayList<>(series));
            return new BarChart(map);
        }
    }
}
