/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.lowrank;

import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is to become of one layer. */
final class Decision {
    private final Site site;
    private final LayerFactorization row;
    private final INDArray left;
    private final INDArray right;

    private Decision(Site site, LayerFactorization row, INDArray left, INDArray right) {
        this.site = site;
        this.row = row;
        this.left = left;
        this.right = right;
    }

    static Decision keep(Site site, String reason) {
        return new Decision(site, LayerFactorization.kept(site, reason), null, null);
    }

    static Decision replace(Site site, RankedFactors factors, int rank, String note) {
        LayerFactorization row = LayerFactorization.replaced(site, rank, factors.energy(rank), note);
        // The thin factors alone: all layers' full ones together may be several times the network.
        return new Decision(site, row, factors.left(rank), factors.right(rank));
    }

    String name() {
        return site.name();
    }

    LayerFactorization row() {
        return row;
    }

    boolean replaces() {
        return left != null;
    }

    ThinLayers layers(NeuralNetConfiguration original, String firstName) {
        return ThinLayers.of(original, firstName, row.rank());
    }

    /** Writes the parameters of a layer that stays. */
    void writeTo(Trainable layer) {
        site.copyTo(layer);
    }

    /** Writes the parameters of the two layers that come in its place. */
    void writeTo(Trainable first, Trainable second) {
        site.copyRestTo(second);
        ThinLayers.assign(
                left,
                right,
                first.paramTable(false).get(ThinLayers.WEIGHTS),
                second.paramTable(false).get(ThinLayers.WEIGHTS));
    }
}
