/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TextTableTest {
    @Test
    void format_mixedColumns_alignsNumbersRightAndTextsLeft() {
        Table table = Table.builder("layer", "n", "alpha", "note")
                .row("conv1", 64, 2.5, null)
                .row("fc", 4096, 11.25, "skipped")
                .row("головa", null, Double.NaN, true)
                .build();

        assertThat(table)
                .hasToString("layer      n  alpha  note\n"
                        + "------  ----  -----  -------\n"
                        + "conv1     64   2.50\n"
                        + "fc      4096  11.25  skipped\n"
                        + "головa          NaN  true\n");
    }

    @Test
    void format_noRows_isTheHeader() {
        assertThat(TextTable.format(Table.builder("a", "bc").build())).isEqualTo("a  bc\n-  --\n");
    }

    @Test
    void format_controlCharacters_stayOnOneLine() {
        assertThat(TextTable.format(Table.builder("a\nb").row("c\td\r").build()))
                .isEqualTo("a b\n----\nc d\n");
    }

    @Test
    void format_anotherLocale_keepsTheDecimalPoint() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            Table table = Table.builder("x").row(0.5).row(1e-9).build();

            assertThat(table).hasToString("        x\n---------\n      0.5\n1.000e-09\n");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void columnFormat_sharesDecimalsUntilTheyHideSmallValues() {
        assertThat(formatted(2.0, 31.0)).containsExactly("2", "31");
        assertThat(formatted(2.31, 4.056)).containsExactly("2.310", "4.056");
        assertThat(formatted(123.456, 7.891)).containsExactly("123.46", "7.89");
        assertThat(formatted(0.1, -0.00123456)).containsExactly("0.10000", "-0.00123");
        assertThat(formatted(5.0, 1.23456e-7)).containsExactly("5", "1.235e-07");
        assertThat(formatted(123456.78, 0.001)).containsExactly("123500", "0.001");
        assertThat(formatted(0.25, 0.0)).containsExactly("0.2500", "0.0000");
        assertThat(formatted(1.5e9, -2.5)).containsExactly("1500000000", "-2.5");
        assertThat(formatted(Double.POSITIVE_INFINITY, Double.NaN)).containsExactly("Infinity", "NaN");
        assertThat(formatted(1e300, 0.5)).containsExactly("1.000e+300", "0.5");
        assertThat(formatted(0.1f, 3)).containsExactly("0.100", "3.000");
    }

    @Test
    void row_wrongNumberOfCells_saysWhichAndWhat() {
        Table.Builder builder = Table.builder("layer", "alpha").row("conv1", 2);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.row("conv2"))
                .withMessage(
                        "row 1 of the Table must have one cell for each of the columns [layer, alpha], got [conv2]");
    }

    @Test
    void builder_noColumns_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(Table::builder)
                .withMessage("a Table must have at least one column, got none; name the columns first");
    }

    @Test
    void rows_areACopyThatCannotBeChanged() {
        Object[] cells = {"a"};
        Table.Builder builder = Table.builder("x").row(cells);
        Table table = builder.build();

        cells[0] = "b";
        builder.row("c");

        assertThat(table.rows()).containsExactly(List.of("a"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> table.rows().get(0).set(0, "d"));
    }

    private static List<String> formatted(Number... cells) {
        ColumnFormat format = ColumnFormat.of(Arrays.asList(cells));
        assertThat(format.isNumeric()).isTrue();
        return List.of(format.format(cells[0]), format.format(cells[1]));
    }
}
