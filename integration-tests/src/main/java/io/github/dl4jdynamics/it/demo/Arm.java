/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import com.google.common.collect.ImmutableList;
import io.github.dl4jdynamics.ghostbn.GhostBatchNormalization;
import io.github.dl4jdynamics.ghostbn.regime.BatchRegime;
import io.github.dl4jdynamics.ghostbn.regime.RateScaling;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/**
 * One way of training with a batch size: each arm of the comparison adds one thing to the one before it.
 *
 * <p>The order of Hoffer, Hubara, Soudry, NeurIPS 2017, arXiv 1705.08741: small batch; large batch; rate; ghost BN;
 * length of training.
 */
final class Arm {
    private final String name;
    private final BatchRegime regime;
    private final boolean ghost;
    private final boolean clipped;

    private Arm(String name, BatchRegime regime, boolean ghost, boolean clipped) {
        this.name = name;
        this.regime = regime;
        this.ghost = ghost;
        this.clipped = clipped;
    }

    /** The five arms, the small batch first. */
    static ImmutableList<Arm> of(int smallBatch, int largeBatch) {
        BatchRegime longer = BatchRegime.of(largeBatch).referenceBatch(smallBatch);
        BatchRegime faster = longer.adaptEpochs(false);
        return ImmutableList.of(
                new Arm("small batch", BatchRegime.of(smallBatch).referenceBatch(smallBatch), false, false),
                new Arm("large batch", faster.scaling(RateScaling.NONE), false, false),
                new Arm("+ rate, clipping", faster, false, true),
                new Arm("+ ghost BN", faster, true, true),
                new Arm("+ as many updates", longer, true, true));
    }

    String name() {
        return name;
    }

    /** Batch size, rate and length, from the recipe of the small batch. */
    BatchRegime regime() {
        return regime;
    }

    /** Whether the norm of the gradient is clipped. */
    boolean clipped() {
        return clipped;
    }

    /** A new layer; ghost batches are as large as the small batch. */
    BatchNormalization normalization() {
        return ghost
                ? GhostBatchNormalization.builder()
                        .ghostBatchSize(regime.referenceBatch())
                        .build()
                : new BatchNormalization();
    }

    /** In words, for a table. */
    String normalizationName() {
        return ghost ? "ghost, " + regime.referenceBatch() : "stock";
    }

    @Override
    public String toString() {
        return name;
    }
}
