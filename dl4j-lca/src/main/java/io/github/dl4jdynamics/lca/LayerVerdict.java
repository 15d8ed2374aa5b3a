/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import io.github.dl4jdynamics.lca.math.HarmTest;

/**
 * What became of one layer over a run. Immutable.
 *
 * @since 0.1
 */
public final class LayerVerdict {
    /** What a layer's allocations say of it. */
    public enum Verdict {
        /** It lowered the loss, beyond chance. */
        HELPS,
        /** It raised the loss, beyond chance. */
        HURTS,
        /** Its allocations could be chance. */
        UNDECIDED,
        /** Nothing was allocated to it. */
        STILL
    }

    private final String layer;
    private final HarmTest test;
    private final double significance;

    LayerVerdict(String layer, HarmTest test, double significance) {
        this.layer = layer;
        this.test = test;
        this.significance = significance;
    }

    /** Name of the layer. */
    public String layer() {
        return layer;
    }

    /** The test over iterations; its p is not yet corrected for the number of layers. */
    public HarmTest test() {
        return test;
    }

    /** The verdict at the level of significance, corrected for the number of layers (Bonferroni). */
    public Verdict verdict() {
        if (test.total() == 0) {
            return Verdict.STILL;
        }
        return test.pHurts() <= significance
                ? Verdict.HURTS
                : test.pHelps() <= significance ? Verdict.HELPS : Verdict.UNDECIDED;
    }

    /** What to try, in words; empty unless the layer hurts. */
    public String advice() {
        return verdict() == Verdict.HURTS
                ? "try a rate 10 times smaller for this layer, less momentum, or freezing it"
                : "";
    }

    @Override
    public String toString() {
        return layer + ": " + verdict() + ", " + test;
    }
}
