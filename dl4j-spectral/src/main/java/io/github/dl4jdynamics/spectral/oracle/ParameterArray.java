/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import java.util.Arrays;

/**
 * One named array of parameters and where it lies in a network's flat parameter vector. Holds no reference to the
 * network. Immutable.
 */
public final class ParameterArray {
    /** Why an array counts or does not. */
    public enum Role {
        /** Moved by gradients. */
        TRAINED,
        /** Mean or variance of batch normalization, moved by updates that are no gradients. */
        RUNNING_STATISTIC,
        /** Held by a frozen layer. */
        FROZEN,
        /** Used in layer-wise pretraining only. */
        PRETRAINED
    }

    private final int layerIndex;
    private final String layer;
    private final String layerType;
    private final String key;
    private final long offset;
    private final long[] shape;
    private final char order;
    private final Role role;

    ParameterArray(
            int layerIndex,
            String layer,
            String layerType,
            String key,
            long offset,
            long[] shape,
            char order,
            Role role) {
        this.layerIndex = layerIndex;
        this.layer = layer;
        this.layerType = layerType;
        this.key = key;
        this.offset = offset;
        this.shape = shape;
        this.order = order;
        this.role = role;
    }

    /** 0-based place of the layer among those that have parameters, input first. */
    public int layerIndex() {
        return layerIndex;
    }

    /** Name of the layer or vertex, {@code layerN} (0-based) for a layer without one; distinct within a network. */
    public String layer() {
        return layer;
    }

    /** Simple class name of the layer's configuration without wrappers, such as {@code DenseLayer}. */
    public String layerType() {
        return layerType;
    }

    /** Deeplearning4j's name of the array within its layer: {@code W}, {@code b}, {@code RW}, {@code gamma}, ... */
    public String key() {
        return key;
    }

    /** {@code layer_key}. */
    public String name() {
        return layer + "_" + key;
    }

    /** 0-based position of the first element in the flat vector. */
    public long offset() {
        return offset;
    }

    /** 0-based position after the last element in the flat vector. */
    public long end() {
        return offset + length();
    }

    /** Number of elements. */
    public long length() {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** Dimensions as Deeplearning4j shows them; a copy. */
    public long[] shape() {
        return shape.clone();
    }

    /** How the elements follow each other in the flat vector: {@code 'c'} last dimension fastest, {@code 'f'} first. */
    public char order() {
        return order;
    }

    /** Why it counts or does not. */
    public Role role() {
        return role;
    }

    boolean liesAs(ParameterArray other) {
        return name().equals(other.name())
                && offset == other.offset
                && order == other.order
                && Arrays.equals(shape, other.shape);
    }

    @Override
    public String toString() {
        return name() + Arrays.toString(shape) + " '" + order + "' at " + offset + " (" + role + ")";
    }
}
