/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.math;

import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableList;

/**
 * FARMS' cut of convolution slices: each is turned so that rows &gt;= cols and cut into {@code rows / cols} windows
 * along its rows; the k-th windows of all slices form division k.
 *
 * <pre>{@code
 * Q <= 1:  window cols x floor(cols / (1/Q));   Q > 1:  window floor(cols / Q) x cols   (each at least 1)
 * }</pre>
 *
 * <p>With Q &gt; 1 the windows are flat and the rows beyond them are not looked at, as in the released code.
 */
final class ConvolutionDivisions {

    private ConvolutionDivisions() {}

    static List<List<Block>> of(MatrixGroup group, double aspectRatio) {
        int shortSide = group.shortSide();
        int rows = aspectRatio > 1 ? flooredQuotient(shortSide, aspectRatio) : shortSide;
        int cols = aspectRatio > 1 ? shortSide : flooredQuotient(shortSide, 1 / aspectRatio);
        boolean turned = group.rows() < group.cols();
        List<List<Block>> divisions = new ArrayList<>();
        for (int k = 0; k < group.longSide() / shortSide; k++) {
            Window window = Window.of(k * rows, 0, rows, cols);
            ImmutableList.Builder<Block> division = ImmutableList.builderWithExpectedSize(group.count());
            for (int matrix = 0; matrix < group.count(); matrix++) {
                division.add(Block.of(matrix, turned ? window.transposed() : window));
            }
            divisions.add(division.build());
        }
        return ImmutableList.copyOf(divisions);
    }

    /** Python's {@code a // b}, at least 1: the floor of the exact quotient, where {@code a / b} may be rounded up. */
    private static int flooredQuotient(int a, double b) {
        return (int) Math.max(1, Math.rint((a - a % b) / b));
    }
}
