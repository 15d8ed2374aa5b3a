/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

/** Value noise: random numbers on a coarse grid, bilinear between them; the texture of a {@link Scene}'s ground. */
final class Mottle {
    private static final int CELL = 6;
    private static final int NODES = Scene.SIDE / CELL + 2;

    private final double[][] nodes = new double[NODES][NODES];

    /** Draws the grid; {@code deviation} is the standard deviation at its nodes. */
    Mottle(Draws draws, double deviation) {
        for (double[] row : nodes) {
            for (int j = 0; j < NODES; j++) {
                row[j] = deviation * draws.noise();
            }
        }
    }

    double at(int row, int column) {
        int i = row / CELL;
        int j = column / CELL;
        double down = row % CELL * (1.0 / CELL);
        double right = column % CELL * (1.0 / CELL);
        double upper = nodes[i][j] + right * (nodes[i][j + 1] - nodes[i][j]);
        double lower = nodes[i + 1][j] + right * (nodes[i + 1][j + 1] - nodes[i + 1][j]);
        return upper + down * (lower - upper);
    }
}
