/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/** Keeps what happens in a scope from showing in the calling thread's random numbers of ND4J. */
public final class RandomState implements AutoCloseable {
    private final Random random = Nd4j.getRandom();
    private final long seed = random.getSeed();
    private final long root = random.rootState();
    private final long node = random.nodeState();

    /** Remembers the state; the scope goes on from a state of its own, the same each time. */
    public RandomState() {
        random.setSeed(1);
    }

    /** Puts the remembered state back. */
    @Override
    public void close() {
        // The seed first, since setting it sets the states too.
        random.setSeed(seed);
        random.setStates(root, node);
    }
}
