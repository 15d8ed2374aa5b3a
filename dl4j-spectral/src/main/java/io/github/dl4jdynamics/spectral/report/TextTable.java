/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.ArrayList;
import java.util.List;

import com.google.common.base.Strings;

/** Prints a {@link Table} in aligned columns: numbers to the right, texts to the left, four significant digits. */
public final class TextTable {
    private static final String GAP = "  ";

    private TextTable() {}

    /**
     * The table as text for a console or a log.
     *
     * <p>Null is an empty cell; control characters in texts become spaces. Width is counted in code points.
     *
     * @param table the table
     * @return a header, a rule and the rows, each ended by {@code \n}, without trailing blanks
     */
    public static String format(Table table) {
        int count = table.columns().size();
        List<List<String>> columns = new ArrayList<>(count);
        for (int c = 0; c < count; c++) {
            columns.add(column(table, c));
        }
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < table.rows().size() + 2; line++) {
            StringBuilder joined = new StringBuilder();
            for (int c = 0; c < count; c++) {
                joined.append(c == 0 ? "" : GAP).append(columns.get(c).get(line));
            }
            text.append(joined.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** Header, rule and cells of one column, all of the same width. */
    private static List<String> column(Table table, int index) {
        List<Object> cells = table.column(index);
        ColumnFormat format = ColumnFormat.of(cells);
        List<String> lines = new ArrayList<>();
        lines.add(oneLine(table.columns().get(index)));
        cells.forEach(cell -> lines.add(oneLine(format.format(cell))));
        int width = lines.stream().mapToInt(TextTable::width).max().orElse(0);
        lines.replaceAll(line -> {
            String blanks = Strings.repeat(" ", width - width(line));
            return format.isNumeric() ? blanks + line : line + blanks;
        });
        lines.add(1, Strings.repeat("-", width));
        return lines;
    }

    private static int width(String line) {
        return line.codePointCount(0, line.length());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
