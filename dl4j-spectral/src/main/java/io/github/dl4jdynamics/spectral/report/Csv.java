/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a {@link Table} as comma-separated values (RFC 4180): header line, CRLF line ends, UTF-8, quotes only where
 * needed.
 *
 * <p>Numbers keep all their digits and the decimal point in every locale. NaN and infinities are written as {@code
 * NaN}, {@code Infinity}, {@code -Infinity}, which pandas, R and Java read as numbers; null is an empty field.
 *
 * <p>A text that a spreadsheet would run as a formula, one that starts with {@code = + - @}, a tab or a line break,
 * gets an apostrophe in front, the mark that spreadsheets use for "text". Numbers are left alone.
 */
public final class Csv {
    private Csv() {}

    /**
     * Writes the table to a file in one step: readers see the old file or the new one, never a half.
     *
     * @param table the table
     * @param file replaced if it exists; its folder is created
     * @throws IOException if the file cannot be written
     */
    public static void write(Table table, Path file) throws IOException {
        AtomicFile.write(file, out -> write(table, out));
    }

    /**
     * Writes the table.
     *
     * @param table the table
     * @param out receives the text; not closed
     * @throws IOException if {@code out} fails
     */
    public static void write(Table table, Appendable out) throws IOException {
        line(table.columns(), out);
        for (List<Object> row : table.rows()) {
            line(row, out);
        }
    }

    private static void line(List<?> cells, Appendable out) throws IOException {
        String separator = "";
        for (Object cell : cells) {
            out.append(separator).append(field(cell));
            separator = ",";
        }
        out.append("\r\n");
    }

    private static String field(Object cell) {
        if (cell == null) {
            return "";
        }
        if (!(cell instanceof String)) {
            return cell.toString();
        }
        String text = (String) cell;
        if (!text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        boolean quoted = text.isEmpty() || text.chars().anyMatch(c -> ",\"\r\n".indexOf(c) >= 0);
        return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
