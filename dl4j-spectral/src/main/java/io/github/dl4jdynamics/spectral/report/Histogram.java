/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * Bins over a numeric axis, with curves on top, for example a spectrum and the law fitted to it.
 *
 * <pre>{@code
 * height of bin i = count_i / (count * (edge[i+1] - edge[i]))     (a density: the area is 1)
 * }</pre>
 *
 * <p>Immutable.
 */
public final class Histogram {
    private final Map<String, Object> content;

    private Histogram(Map<String, Object> content) {
        this.content = content;
    }

    /**
     * Starts a histogram.
     *
     * @param title shown above it
     * @return a builder; {@code values} or {@code bins} is required
     */
    public static Builder builder(String title) {
        return new Builder(title);
    }

    Map<String, Object> toMap() {
        return content;
    }

    /** Collects the bins and curves of a {@link Histogram}. */
    public static final class Builder extends ChartBuilder<Builder> {
        private final List<Map<String, Object>> series = new ArrayList<>();
        private String name;
        private double[] values;
        private int binCount;
        private double[] edges;
        private double[] heights;

        private Builder(String title) {
            super(title);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Bins raw values into a density: bins of equal width, or of equal ratio if the horizontal axis is logarithmic.
         * Values that are not finite, or not positive on a logarithmic axis, are not counted.
         *
         * @param name shown in the legend
         * @param values in any order; a value on an inner edge belongs to the bin above
         * @param binCount at least 1
         * @return this
         * @throws IllegalArgumentException if binCount is not positive
         */
        public Builder values(String name, double[] values, int binCount) {
            checkArgument(binCount >= 1, "binCount of histogram '%s' must be >= 1, got %s", name, binCount);
            this.name = name;
            this.values = values.clone();
            this.binCount = binCount;
            return this;
        }

        /**
         * Takes bins that are already made.
         *
         * @param name shown in the legend
         * @param edges ascending, one more than heights
         * @param heights of the bins
         * @return this
         * @throws IllegalArgumentException if the lengths do not fit or the edges do not ascend
         */
        public Builder bins(String name, double[] edges, double[] heights) {
            checkArgument(
                    edges.length == heights.length + 1,
                    "histogram '%s' must have one edge more than heights, got %s and %s",
                    name,
                    edges.length,
                    heights.length);
            for (int i = 0; i < heights.length; i++) {
                checkArgument(
                        edges[i] < edges[i + 1],
                        "edges of histogram '%s' must ascend, got %s before %s at index %s",
                        name,
                        edges[i],
                        edges[i + 1],
                        i);
            }
            this.name = name;
            this.values = null;
            this.edges = edges.clone();
            this.heights = heights.clone();
            return this;
        }

        /**
         * Adds a curve on top of the bins.
         *
         * @param name shown in the legend
         * @param x positions, ascending
         * @param y values in the unit of the heights, as many
         * @return this
         * @throws IllegalArgumentException if the lengths differ
         */
        public Builder line(String name, double[] x, double[] y) {
            series.add(LineChart.series(name, "line", x, y));
            return this;
        }

        /**
         * Makes the histogram.
         *
         * @return the histogram
         * @throws IllegalArgumentException if there are neither values nor bins
         */
        public Histogram build() {
            checkArgument(
                    name != null, "a histogram must have values or bins, got neither; call values(...) or bins(...)");
            if (values != null) {
                density();
            }
            Map<String, Object> map = head("histogram");
            map.put("name", name);
            map.put("edges", edges);
            map.put("heights", heights);
            map.put("series", new ArrayList<>(series));
            return new Histogram(map);
        }

        private void density() {
            double[] counted = Arrays.stream(values)
                    .filter(v -> Double.isFinite(v) && (!isLogX() || v > 0))
                    .map(v -> isLogX() ? Math.log(v) : v)
                    .sorted()
                    .toArray();
            if (counted.length == 0) {
                edges = new double[] {1};
                heights = new double[0];
                return;
            }
            double low = counted[0];
            double high = counted[counted.length - 1];
            if (low == high) {
                double half = low == 0 ? 0.5 : Math.abs(low) * 1e-3;
                low -= half;
                high += half;
            }
            double width = (high - low) / binCount;
            double[] counts = new double[binCount];
            for (double v : counted) {
                counts[(int) Math.min(binCount - 1, (v - low) / width)]++;
            }
            edges = new double[binCount + 1];
            for (int i = 0; i <= binCount; i++) {
                double edge = i == binCount ? high : low + i * width;
                edges[i] = isLogX() ? Math.exp(edge) : edge;
            }
            heights = new double[binCount];
            for (int i = 0; i < binCount; i++) {
                heights[i] = counts[i] / counted.length / (edges[i + 1] - edges[i]);
            }
        }
    }
}
