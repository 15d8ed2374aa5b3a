/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings that all charts with two numeric axes share.
 *
 * @param <B> the concrete builder
 */
abstract class ChartBuilder<B extends ChartBuilder<B>> {
    private final String title;
    private String note = "";
    private String xLabel = "";
    private String yLabel = "";
    private boolean logX;
    private boolean logY;

    ChartBuilder(String title) {
        this.title = title;
    }

    abstract B self();

    /**
     * Names the horizontal axis. Default empty.
     *
     * @param label quantity and unit
     * @return this
     */
    public B xLabel(String label) {
        xLabel = label;
        return self();
    }

    /**
     * Names the vertical axis. Default empty.
     *
     * @param label quantity and unit
     * @return this
     */
    public B yLabel(String label) {
        yLabel = label;
        return self();
    }

    /**
     * Makes the horizontal axis logarithmic; values that are not positive are left out of the picture.
     *
     * @return this
     */
    public B logX() {
        logX = true;
        return self();
    }

    /**
     * Makes the vertical axis logarithmic; values that are not positive are left out of the picture.
     *
     * @return this
     */
    public B logY() {
        logY = true;
        return self();
    }

    /**
     * Adds a sentence below the chart. Default none.
     *
     * @param text plain text
     * @return this
     */
    public B note(String text) {
        note = text;
        return self();
    }

    String title() {
        return title;
    }

    boolean isLogX() {
        return logX;
    }

    boolean isLogY() {
        return logY;
    }

    Map<String, Object> head(String kind) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", kind);
        map.put("title", title);
        map.put("note", note);
        map.put("xLabel", xLabel);
        map.put("yLabel", yLabel);
        map.put("logX", logX);
        map.put("logY", logY);
        return map;
    }
}
