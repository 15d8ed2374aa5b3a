/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.Arrays;
import java.util.Optional;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How much each position of each example counts in the statistics: a mask, spread over the positions it covers.
 *
 * <p>Weights are shared by all channels. A mask of ones is no mask, so that padding nothing changes nothing.
 */
public final class MaskWeights {
    private final double[] weights;
    private final int positions;

    private MaskWeights(double[] weights, int positions) {
        this.weights = weights;
        this.positions = positions;
    }

    /**
     * The weights of a mask; empty if there is none or it is all ones.
     *
     * @param mask one number for each example, [N] or [N, 1] or [N, 1, ..]; or for each time step of a sequence, [N, T];
     *     or with the shape of one channel's positions, [N, 1, H, W] or [N, 1, D, H, W], where a dimension of 1 covers
     *     all positions along it (channels-last input too, as Deeplearning4j has its masks); or null
     * @param input the array the mask belongs to, rank 2 to 5
     * @throws IllegalArgumentException if the shape does not fit the input, or a weight is negative or not finite
     */
    public static Optional<MaskWeights> of(INDArray mask, INDArray input, int channelAxis) {
        if (mask == null) {
            return Optional.empty();
        }
        long[] positions = positionShape(input, channelAxis);
        double[] weights = spread(mask, input, positions);
        boolean all = true;
        for (double w : weights) {
            if (!(w >= 0 && w < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("mask values must be finite and >= 0 to weigh batch statistics, got "
                        + w + " in the mask of shape " + Arrays.toString(mask.shape())
                        + "; 1 keeps a step, 0 leaves it out");
            }
            all &= w == 1;
        }
        return all ? Optional.empty() : Optional.of(new MaskWeights(weights, weights.length / (int) input.size(0)));
    }

    /** Weight of position p, row-major, of example n. */
    double get(int n, int p) {
        return weights[n * positions + p];
    }

    /** Weights of all examples, [N, positions]. */
    double[] toArray() {
        return weights.clone();
    }

    /** Whether the mask has a shape that {@link #of} takes for this input. */
    public static boolean fits(INDArray mask, INDArray input, int channelAxis) {
        return shapeOverPositions(mask, input, positionShape(input, channelAxis)) != null;
    }

    /** The mask's own shape over the positions, 1 where it covers a whole dimension; null if it does not fit. */
    private static long[] shapeOverPositions(INDArray mask, INDArray input, long[] positions) {
        long[] shape = mask.shape();
        long[] over = new long[positions.length];
        Arrays.fill(over, 1);
        if (input.rank() == 3 && shape.length == 2) {
            over[0] = shape[1];
        } else if (shape.length == positions.length + 2) {
            System.arraycopy(shape, 2, over, 0, over.length);
        }
        long values = mask.size(0);
        boolean fits = mask.size(0) == input.size(0);
        for (int d = 0; d < over.length; d++) {
            fits &= over[d] == 1 || over[d] == positions[d];
            values *= over[d];
        }
        return fits && values == mask.length() ? over : null;
    }

    private static double[] spread(INDArray mask, INDArray input, long[] positions) {
        long[] over = shapeOverPositions(mask, input, positions);
        if (over == null) {
            throw new IllegalArgumentException("a mask for an input of shape " + Arrays.toString(input.shape())
                    + " must have one value for each example, time step or position and be shared by the channels, got shape "
                    + Arrays.toString(mask.shape())
                    + "; reshape it to [N, 1], [N, T], [N, 1, H, W] or [N, 1, D, H, W]");
        }
        int perMask = (int) (mask.length() / mask.size(0));
        double[] source = mask.dup('c').reshape(mask.length()).toDoubleVector();
        int perExample = 1;
        for (long size : positions) {
            perExample *= (int) size;
        }
        double[] weights = new double[(int) input.size(0) * perExample];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = source[i / perExample * perMask + covering(i % perExample, positions, over)];
        }
        return weights;
    }

    /** The place in a mask of shape {@code over} that covers position p of shape {@code positions}. */
    private static int covering(int p, long[] positions, long[] over) {
        int index = 0;
        int stride = 1;
        int rest = p;
        for (int d = positions.length - 1; d >= 0; d--) {
            int coordinate = rest % (int) positions[d];
            rest /= (int) positions[d];
            index += over[d] == 1 ? 0 : coordinate * stride;
            stride *= (int) over[d];
        }
        return index;
    }

    private static long[] positionShape(INDArray input, int channelAxis) {
        long[] shape = new long[input.rank() - 2];
        int next = 0;
        for (int d = 1; d < input.rank(); d++) {
            if (d != channelAxis) {
                shape[next++] = input.size(d);
            }
        }
        return shape;
    }
}
