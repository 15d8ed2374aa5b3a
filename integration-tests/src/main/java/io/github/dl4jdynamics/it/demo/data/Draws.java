/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.util.SplittableRandom;

/**
 * Seeded draws that are the same on every JDK and platform.
 *
 * <p>Only the 64-bit stream of {@link SplittableRandom} is used; how the JDK turns it into bounded and normal numbers
 * differs between releases.
 */
final class Draws {
    private static final double TWO_TO_MINUS_53 = 0x1.0p-53;

    /** sqrt(3) / 2^16: the sum of four uniform 16-bit numbers has the variance 2^32 / 3. */
    private static final double UNIT_VARIANCE = 1.7320508075688772 / 0x10000;

    private final SplittableRandom random;

    private Draws(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Independent draws for every pair (seed, index). */
    static Draws of(long seed, long index) {
        return new Draws(mix(mix(seed) + index));
    }

    /** Uniform in [from, to). */
    double uniform(double from, double to) {
        return from + (to - from) * ((random.nextLong() >>> 11) * TWO_TO_MINUS_53);
    }

    /** Uniform in 0 ... bound - 1, up to a bias of bound / 2^31. */
    int below(int bound) {
        return (int) ((random.nextLong() >>> 33) * bound >>> 31);
    }

    /** Mean 0, variance 1, within 3.5: nearly normal, as the sum of four uniforms. */
    double noise() {
        long bits = random.nextLong();
        long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
        return (sum - 2 * 0xFFFF) * UNIT_VARIANCE;
    }

    /** A uniformly random order of 0 ... size - 1. */
    int[] permutation(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The finalizer of SplitMix64, so that neighbouring seeds and indices end far apart. */
    private static long mix(long seed) {
        long z = seed + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
