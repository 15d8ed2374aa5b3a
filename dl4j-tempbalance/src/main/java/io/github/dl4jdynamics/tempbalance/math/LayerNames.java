/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import java.util.HashSet;
import java.util.Set;

import static com.google.common.base.Preconditions.checkArgument;

/** Layers are told apart by their names. */
final class LayerNames {

    private LayerNames() {}

    static void checkDistinct(Iterable<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            checkArgument(
                    seen.add(name),
                    "names of the layers must be distinct, got '%s' twice; add the layer's index to the name",
                    name);
        }
    }
}
