/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.util.Arrays;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * One parameter array of an {@link AllocationDump}: what it is called, its shape, and how it lies in the columns.
 *
 * <p>All properties are required. Immutable.
 *
 * @since 0.1.0
 */
public final class DumpedArray {
    private final String name;
    private final String layer;
    private final String key;
    private final char order;
    private final long[] shape;
    private final long length;

    private DumpedArray(Builder builder) {
        name = builder.name;
        layer = builder.layer;
        key = builder.key;
        order = builder.order;
        shape = builder.shape;
        length = builder.length;
    }

    /**
     * Starts an array.
     *
     * @return a builder with nothing set
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Name of the array, unique in a dump.
     *
     * @return for example {@code 0_W}
     */
    public String name() {
        return name;
    }

    /**
     * Name of the layer that owns the array.
     *
     * @return for example {@code dense}
     */
    public String layer() {
        return layer;
    }

    /**
     * Name of the array in its layer.
     *
     * @return for example {@code W}
     */
    public String key() {
        return key;
    }

    /**
     * Order in which the array's values follow each other in the columns.
     *
     * @return {@code 'c'}, last index fastest, or {@code 'f'}, first index fastest
     */
    public char order() {
        return order;
    }

    /**
     * Shape of the array.
     *
     * @return a copy, at least one size
     */
    public long[] shape() {
        return shape.clone();
    }

    /**
     * Number of values, the product of the shape.
     *
     * @return 1 or more
     */
    public long length() {
        return length;
    }

    @Override
    public String toString() {
        return "DumpedArray{name=" + name + ", layer=" + layer + ", key=" + key + ", order=" + order + ", shape="
                + Arrays.toString(shape) + "}";
    }

    /** Collects the properties of a {@link DumpedArray}. */
    public static final class Builder {
        private String name;
        private String layer;
        private String key;
        private char order;
        private long[] shape;
        private long length;

        /** Nothing set. */
        public Builder() {}

        /**
         * Name of the array, unique in a dump.
         *
         * @param name for example {@code 0_W}
         * @return this
         */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /**
         * Name of the layer that owns the array.
         *
         * @param layer for example {@code dense}
         * @return this
         */
        public Builder layer(String layer) {
            this.layer = layer;
            return this;
        }

        /**
         * Name of the array in its layer.
         *
         * @param key for example {@code W}
         * @return this
         */
        public Builder key(String key) {
            this.key = key;
            return this;
        }

        /**
         * Order in which the values follow each other in the columns.
         *
         * @param order {@code 'c'}, last index fastest, or {@code 'f'}, first index fastest, as in ND4J
         * @return this
         * @throws IllegalArgumentException if it is another letter
         */
        public Builder order(char order) {
            checkArgument(
                    order == 'c' || order == 'f',
                    "order of dumped array '%s' must be 'c' or 'f', got '%s'; take ordering() of the array",
                    name,
                    order);
            this.order = order;
            return this;
        }

        /**
         * Shape of the array.
         *
         * @param shape one size or more, each at least 1
         * @return this
         * @throws IllegalArgumentException if there is no size, one is below 1, or there are more than 2^40 values
         */
        public Builder shape(long... shape) {
            long product = shape.length == 0 ? 0 : 1;
            for (long size : shape) {
                boolean fits = size >= 1 && size <= NpyMatrixWriter.MAX_COLUMNS / Math.max(1, product);
                product = fits ? product * size : 0;
            }
            checkArgument(
                    product > 0,
                    "shape of dumped array '%s' must hold 1 to 2^40 values, got %s; leave empty arrays out",
                    name,
                    Arrays.toString(shape));
            this.shape = shape.clone();
            length = product;
            return this;
        }

        /**
         * Makes the array.
         *
         * @return the array
         * @throws IllegalArgumentException if a property is missing
         */
        public DumpedArray build() {
            checkSet(name != null, "name");
            checkSet(layer != null, "layer");
            checkSet(key != null, "key");
            checkSet(order != 0, "order");
            checkSet(shape != null, "shape");
            return new DumpedArray(this);
        }

        private void checkSet(boolean set, String property) {
            checkArgument(
                    set, "%s of dumped array '%s' must be set, got nothing; call %s(..)", property, name, property);
        }
    }
}
