/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/** Which analysed layers are tuned, and why the others are not. */
public final class LayerSelection {

    private final ImmutableList<String> kept;
    private final ImmutableMap<String, String> excluded;

    LayerSelection(ImmutableList<String> kept, ImmutableMap<String, String> excluded) {
        this.kept = kept;
        this.excluded = excluded;
    }

    /** Returns the names of the tuned layers, in the order of the analysed ones. */
    public ImmutableList<String> kept() {
        return kept;
    }

    /** Returns the names of the other layers with the reason for a reader, in the order of the analysed ones. */
    public ImmutableMap<String, String> excluded() {
        return excluded;
    }

    @Override
    public String toString() {
        return "kept " + kept + ", excluded " + excluded;
    }
}
