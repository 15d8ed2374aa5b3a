/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableMap;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Named series of points over two numeric axes, drawn as lines, dashed lines, dots or stacked areas.
 *
 * <p>NaN and infinite values leave a gap. Up to eight series get colours of their own; more get a ramp in the order in
 * which they were added, so add layers from input to output. Immutable.
 */
public final class LineChart {
    private final Map<String, Object> content;

    private LineChart(Map<String, Object> content) {
        this.content = content;
    }

    /**
     * Starts a chart.
     *
     * @param title shown above it
     * @return a builder
     */
    public static Builder builder(String title) {
        return new Builder(title);
    }

    Map<String, Object> toMap() {
        return content;
    }

    static Map<String, Object> series(String name, String style, double[] x, double[] y) {
        checkArgument(
                x.length == y.length,
                "series '%s' must have as many x as y values, got %s and %s",
                name,
                x.length,
                y.length);
        return ImmutableMap.of("name", name, "style", style, "x", x.clone(), "y", y.clone());
    }

    /** Collects the series of a {@link LineChart}. */
    public static final class Builder extends ChartBuilder<Builder> {
        private final List<Map<String, Object>> series = new ArrayList<>();
        private String areaName;
        private double[] areaX;

        private Builder(String title) {
            super(title);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Adds a solid line.
         *
         * @param name shown in the legend
         * @param x positions, ascending
         * @param y values, as many
         * @return this
         * @throws IllegalArgumentException if the lengths differ
         */
        public Builder line(String name, double[] x, double[] y) {
            series.add(series(name, "line", x, y));
            return this;
        }

        /**
         * Adds a dashed line, for references and theory.
         *
         * @param name shown in the legend
         * @param x positions, ascending
         * @param y values, as many
         * @return this
         * @throws IllegalArgumentException if the lengths differ
         */
        public Builder dashed(String name, double[] x, double[] y) {
            series.add(series(name, "dashed", x, y));
            return this;
        }

        /**
         * Adds unconnected dots.
         *
         * @param name shown in the legend
         * @param x positions
         * @param y values, as many
         * @return this
         * @throws IllegalArgumentException if the lengths differ
         */
        public Builder dots(String name, double[] x, double[] y) {
            series.add(series(name, "dots", x, y));
            return this;
        }

        /**
         * Adds an area that stands on the areas added before: its positive values on their positive ones, its negative
         * values below their negative ones. NaN and infinite values count as 0. Lines and dots in the same chart are
         * not stacked; a single line over areas is drawn in the colour of the text.
         *
         * @param name shown in the legend
         * @param x positions, ascending, the same for all areas of the chart
         * @param y values, as many
         * @return this
         * @throws IllegalArgumentException if the lengths differ, or x is not that of the areas before
         */
        public Builder area(String name, double[] x, double[] y) {
            checkArgument(
                    areaX == null || Arrays.equals(areaX, x),
                    "area '%s' must have the same x as area '%s', on which it stands; interpolate it first",
                    name,
                    areaName);
            series.add(series(name, "area", x, y));
            areaName = name;
            areaX = x.clone();
            return this;
        }

        /**
         * Makes the chart.
         *
         * @return the series so far
         * @throws IllegalArgumentException if there are areas and the vertical axis is logarithmic
         */
        public LineChart build() {
            checkArgument(
                    areaX == null || !isLogY(),
                    "vertical axis of line chart '%s' must not be logarithmic, for its areas begin at 0; "
                            + "use lines, or leave logY() out",
                    title());
            Map<String, Object> map = head("lineChart");
            map.put("series", new ArrayList<>(series));
            return new LineChart(map);
        }
    }
}
