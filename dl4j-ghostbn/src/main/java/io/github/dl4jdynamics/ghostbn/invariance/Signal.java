/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.List;

import com.google.common.collect.ImmutableList;

/** One elementary operation on the way through a network, seen only by what it does to a scale. */
final class Signal {
    enum Kind {
        /** Nothing scales it. */
        INPUT,
        /** Scaled by its weights or by its input. */
        LINEAR,
        /** Takes any scale away; its output is scaled by its own parameters. */
        NORM,
        /** Passes a scale on. */
        HOMOGENEOUS,
        /** Passes a scale on if all inputs have it. */
        SUM,
        /** Side by side: only what follows decides whether the scales may differ. */
        CONCATENATION,
        /** Cannot bear a scale. */
        BARRIER
    }

    /** What a homogeneous operation does to the channels. */
    enum Passing {
        /** A constant added to a channel stays one. */
        CONSTANTS,
        /** Channels stay apart. */
        CHANNELS,
        /** Values of several channels may end in one. */
        SCALE
    }

    private final Kind kind;
    private final String layer;
    private final ImmutableList<Integer> inputs;
    private final Passing passing;
    private final String reason;
    private final ImmutableList<WeightArray> weights;
    private final WeightArray bias;

    private Signal(
            Kind kind, String layer, List<Integer> inputs, Passing passing, String reason, Parameters parameters) {
        this.kind = kind;
        this.layer = layer;
        this.inputs = ImmutableList.copyOf(inputs);
        this.passing = passing;
        this.reason = reason;
        this.weights = parameters.weights;
        this.bias = parameters.bias;
    }

    static Signal input(String name) {
        return new Signal(Kind.INPUT, name, List.of(), Passing.SCALE, "", Parameters.NONE);
    }

    /**
     * @param weights those of which any one scales the output; empty if frozen
     * @param bias null for none
     */
    static Signal linear(String layer, int input, List<WeightArray> weights, WeightArray bias) {
        return new Signal(Kind.LINEAR, layer, List.of(input), Passing.SCALE, "", new Parameters(weights, bias));
    }

    /** @param affine scale and shift, empty if locked */
    static Signal norm(String layer, int input, List<WeightArray> affine) {
        return new Signal(Kind.NORM, layer, List.of(input), Passing.SCALE, "", new Parameters(affine, null));
    }

    static Signal homogeneous(String layer, int input, Passing passing) {
        return new Signal(Kind.HOMOGENEOUS, layer, List.of(input), passing, "", Parameters.NONE);
    }

    static Signal sum(String layer, List<Integer> inputs, Passing passing) {
        return new Signal(Kind.SUM, layer, inputs, passing, "", Parameters.NONE);
    }

    static Signal concatenation(String layer, List<Integer> inputs) {
        return new Signal(Kind.CONCATENATION, layer, inputs, Passing.CONSTANTS, "", Parameters.NONE);
    }

    /** @param reason what it is that cannot bear a scale */
    static Signal barrier(String layer, List<Integer> inputs, String reason) {
        return new Signal(Kind.BARRIER, layer, inputs, Passing.SCALE, reason, Parameters.NONE);
    }

    Kind kind() {
        return kind;
    }

    String layer() {
        return layer;
    }

    ImmutableList<Integer> inputs() {
        return inputs;
    }

    Passing passing() {
        return passing;
    }

    String reason() {
        return reason;
    }

    ImmutableList<WeightArray> weights() {
        return weights;
    }

    /** Null for none. */
    WeightArray bias() {
        return bias;
    }

    private static final class Parameters {
        static final Parameters NONE = new Parameters(List.of(), null);
        final ImmutableList<WeightArray> weights;
        final WeightArray bias;

        Parameters(List<WeightArray> weights, WeightArray bias) {
            this.weights = ImmutableList.copyOf(weights);
            this.bias = bias;
        }
    }
}
