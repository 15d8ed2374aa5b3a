/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import org.nd4j.shade.jackson.databind.JsonNode;

/** Reads one table cell back as {@link Json} wrote it. */
final class JsonCell {
    private JsonCell() {}

    static Object value(JsonNode cell) {
        if (cell.isNull() || cell.isMissingNode()) {
            return null;
        }
        if (cell.isNumber()) {
            return cell.numberValue();
        }
        if (cell.isBoolean()) {
            return cell.booleanValue();
        }
        switch (cell.asText()) {
            case "NaN":
                return Double.NaN;
            case "Infinity":
                return Double.POSITIVE_INFINITY;
            case "-Infinity":
                return Double.NEGATIVE_INFINITY;
            default:
                return cell.asText();
        }
    }
}
