/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.common.collect.ImmutableMap;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * One chapter of an {@link HtmlReport}: paragraphs, tables and charts in the order in which they were added.
 *
 * <p>All texts are plain text; markup in them is shown, not obeyed. Immutable.
 */
public final class ReportSection {
    private final String id;
    private final Map<String, Object> content;

    private ReportSection(Builder builder) {
        id = builder.id;
        content = new LinkedHashMap<>();
        content.put("id", id);
        content.put("title", builder.title);
        content.put("order", builder.order);
        content.put("blocks", new ArrayList<>(builder.blocks));
    }

    /**
     * Starts a section.
     *
     * @param id names the section's file and address; lower-case letters, digits and inner hyphens
     * @param title heading
     * @return a builder
     * @throws IllegalArgumentException if the id would not do as a file name everywhere
     */
    public static Builder builder(String id, String title) {
        return new Builder(id, title);
    }

    /**
     * Name of the section's file and address.
     *
     * @return lower-case letters, digits and inner hyphens
     */
    public String id() {
        return id;
    }

    Map<String, Object> toMap() {
        return content;
    }

    /** Collects the contents of a {@link ReportSection}. */
    public static final class Builder {
        private final String id;
        private final String title;
        private final List<Map<String, Object>> blocks = new ArrayList<>();
        private int order = 100;

        private Builder(String id, String title) {
            checkArgument(
                    id.matches("[a-z0-9]+(-[a-z0-9]+)*"),
                    "id of a report section must be lower-case letters, digits and inner hyphens, got '%s'; "
                            + "it becomes a file name",
                    id);
            this.id = id;
            this.title = title;
        }

        /**
         * Place on the page: sections are sorted by it, then by id. Default 100.
         *
         * @param order smaller comes first
         * @return this
         */
        public Builder order(int order) {
            this.order = order;
            return this;
        }

        /**
         * Adds a paragraph.
         *
         * @param text plain text
         * @return this
         */
        public Builder paragraph(String text) {
            blocks.add(ImmutableMap.of("kind", "paragraph", "text", text));
            return this;
        }

        /**
         * Adds a table.
         *
         * @param caption shown above it
         * @param table its columns can be sorted on the page
         * @return this
         */
        public Builder table(String caption, Table table) {
            blocks.add(ImmutableMap.of(
                    "kind", "table", "caption", caption, "columns", table.columns(), "rows", table.rows()));
            return this;
        }

        /**
         * Adds a chart; neighbouring charts stand side by side.
         *
         * @param chart lines or dots
         * @return this
         */
        public Builder chart(LineChart chart) {
            blocks.add(chart.toMap());
            return this;
        }

        /**
         * Adds a chart; neighbouring charts stand side by side.
         *
         * @param chart bars by category
         * @return this
         */
        public Builder chart(BarChart chart) {
            blocks.add(chart.toMap());
            return this;
        }

        /**
         * Adds a chart; neighbouring charts stand side by side.
         *
         * @param chart bins and curves
         * @return this
         */
        public Builder chart(Histogram chart) {
            blocks.add(chart.toMap());
            return this;
        }

        /**
         * Adds a chart; neighbouring charts stand side by side.
         *
         * @param chart coloured cells
         * @return this
         */
        public Builder chart(HeatMap chart) {
            blocks.add(chart.toMap());
            return this;
        }

        /**
         * Makes the section.
         *
         * @return the contents so far
         */
        public ReportSection build() {
            return new ReportSection(this);
        }
    }
}
