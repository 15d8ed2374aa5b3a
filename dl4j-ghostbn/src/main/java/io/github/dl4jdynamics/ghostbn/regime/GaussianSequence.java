/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.regime;

import java.util.SplittableRandom;

/**
 * A fixed sequence of independent standard normal numbers, each computable from its place alone.
 *
 * <p>Box and Muller's transform of two uniform numbers from a generator seeded by the place, so that a run can be resumed at
 * any place without drawing what came before. Strict arithmetic: the same numbers on every machine.
 */
final class GaussianSequence {
    private final long start;

    GaussianSequence(long seed) {
        // Scattered, or neighbouring seeds would give the same sequence shifted by one.
        this.start = new SplittableRandom(seed).nextLong();
    }

    double at(long place) {
        SplittableRandom random = new SplittableRandom(start + place);
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
    }
}
