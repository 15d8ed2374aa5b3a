/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.math;

/**
 * What becomes of the examples left over when the ghost batch size g does not divide the batch size n.
 *
 * <p>With {@link Grouping#STRIDED} a policy decides the number of groups only; their sizes differ by at most one.
 *
 * @since 0.1.0
 */
public enum TailPolicy {
    /** A last, smaller group of n mod g examples: 9 by 4 gives 4 + 4 + 1. */
    REMAINDER {
        @Override
        int groups(int examples, int ghostSize) {
            return ceilDiv(examples, ghostSize);
        }
    },

    /**
     * G = ceil(n/g) groups of ceil(n/G) examples, the last may be smaller: 9 by 4 gives 3 + 3 + 3. This is PyTorch's
     * {@code chunk}, which Composer and TabNet use; the default, as no group is far from the others in size.
     */
    BALANCED {
        @Override
        int groups(int examples, int ghostSize) {
            return ceilDiv(examples, ghostSize);
        }

        @Override
        int groupSize(int examples, int ghostSize) {
            return ceilDiv(examples, groups(examples, ghostSize));
        }
    },

    /** The left-over examples join the last whole group: 9 by 4 gives 4 + 5. */
    MERGE_LAST {
        @Override
        int groups(int examples, int ghostSize) {
            return Math.max(1, examples / ghostSize);
        }
    },

    /** A batch that g does not divide is refused, as TensorFlow does; a batch smaller than g is one group. */
    ERROR {
        @Override
        int groups(int examples, int ghostSize) {
            if (examples > ghostSize && examples % ghostSize != 0) {
                throw new IllegalArgumentException("ghost batch size " + ghostSize
                        + " must divide the batch size under the tail policy ERROR, got a batch of " + examples
                        + " examples; drop the incomplete batch, or choose BALANCED, MERGE_LAST or REMAINDER");
            }
            return ceilDiv(examples, ghostSize);
        }
    };

    /** The number of groups. */
    abstract int groups(int examples, int ghostSize);

    /** The size of every contiguous group but the last. */
    int groupSize(int examples, int ghostSize) {
        return ghostSize;
    }

    private static int ceilDiv(int a, int b) {
        return (int) (((long) a + b - 1) / b);
    }
}
