/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

/**
 * Rounds the numbers of one column for readers: four significant digits of the largest and three of the smallest, the
 * same number of decimals down the column; each number by itself if they are too far apart for that.
 */
final class ColumnFormat {
    private static final int DIGITS = 4;
    private static final int PER_CELL = -1;

    private final boolean numeric;
    private final int decimals;

    private ColumnFormat(boolean numeric, int decimals) {
        this.numeric = numeric;
        this.decimals = decimals;
    }

    static ColumnFormat of(List<?> cells) {
        boolean numeric = false;
        boolean whole = true;
        double largest = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (Object cell : cells) {
            if (cell == null) {
                continue;
            }
            if (!(cell instanceof Number)) {
                return new ColumnFormat(false, PER_CELL);
            }
            numeric = true;
            double size = Math.abs(((Number) cell).doubleValue());
            if (Double.isFinite(size) && size > 0) {
                whole &= isWhole((Number) cell);
                largest = Math.max(largest, size);
                smallest = Math.min(smallest, size);
            }
        }
        if (whole && largest < 1e15) {
            return new ColumnFormat(numeric, 0);
        }
        int before = (int) Math.floor(Math.log10(largest));
        int decimals = Math.max(0, Math.max(DIGITS - 1 - before, DIGITS - 2 - (int) Math.floor(Math.log10(smallest))));
        boolean readable = decimals <= 6 && before + decimals <= 6;
        return new ColumnFormat(numeric, readable ? decimals : PER_CELL);
    }

    /** Whether every cell is a number or empty, and one is a number. */
    boolean isNumeric() {
        return numeric;
    }

    String format(Object cell) {
        if (cell == null) {
            return "";
        }
        if (!(cell instanceof Number)) {
            return cell.toString();
        }
        Number number = (Number) cell;
        if (decimals == PER_CELL || !Double.isFinite(number.doubleValue())) {
            return significant(number);
        }
        return new BigDecimal(number.toString())
                .setScale(decimals, RoundingMode.HALF_EVEN)
                .toPlainString();
    }

    /** Four significant digits, in plain or scientific notation, whichever is shorter to read. */
    static String significant(Number number) {
        double value = number.doubleValue();
        if (!Double.isFinite(value) || (isWhole(number) && Math.abs(value) < 1e15)) {
            return Double.isFinite(value)
                    ? new BigDecimal(number.toString()).toBigInteger().toString()
                    : "" + value;
        }
        double size = Math.abs(value);
        if (size < 1e-4 || size >= 1e7) {
            return String.format(Locale.ROOT, "%." + (DIGITS - 1) + "e", value);
        }
        BigDecimal rounded = new BigDecimal(number.toString()).round(new MathContext(DIGITS, RoundingMode.HALF_EVEN));
        return rounded.stripTrailingZeros().toPlainString();
    }

    private static boolean isWhole(Number number) {
        double value = number.doubleValue();
        return value == Math.rint(value);
    }
}
