/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

/** A tile and what is calculated on it: all the scratch memory a thread needs, used for one block after another. */
final class Workbench {
    private final Tile tile;
    private final BlockMoments moments;
    private final Coefficients coefficients;

    Workbench(Tile tile) {
        this.tile = tile;
        this.moments = new BlockMoments(tile);
        this.coefficients = new Coefficients(tile);
    }

    Tile tile() {
        return tile;
    }

    BlockMoments moments() {
        return moments;
    }

    Coefficients coefficients() {
        return coefficients;
    }
}
