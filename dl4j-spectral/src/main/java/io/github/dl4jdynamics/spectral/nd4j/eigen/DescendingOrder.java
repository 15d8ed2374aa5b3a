/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j.eigen;

import java.util.Arrays;
import java.util.Comparator;

/** The order of columns by their singular values, the largest first. */
final class DescendingOrder {
    private final Integer[] columns;
    private double[] lengths;

    /** That of n columns as they stand. */
    DescendingOrder(int n) {
        columns = new Integer[n];
        Arrays.setAll(columns, i -> i);
        lengths = new double[n];
    }

    /** Sorts by one value per column. */
    void sort(double[] ofColumns) {
        lengths = ofColumns;
        Arrays.sort(columns, Comparator.comparingDouble(i -> -lengths[i]));
    }

    /** The largest values, descending. */
    double[] leading(int count) {
        double[] values = new double[count];
        Arrays.setAll(values, i -> lengths[columns[i]]);
        return values;
    }

    /** Numbers of the leading values, each at the place of its column; 0 for the others. */
    double[] byColumn(double[] ofLeading) {
        double[] byColumn = new double[columns.length];
        for (int i = 0; i < ofLeading.length; i++) {
            byColumn[columns[i]] = ofLeading[i];
        }
        return byColumn;
    }

    /** The value of a column. */
    double length(int column) {
        return lengths[column];
    }
}
