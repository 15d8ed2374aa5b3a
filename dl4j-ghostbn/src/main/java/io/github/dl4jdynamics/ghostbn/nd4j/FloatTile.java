/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.nio.FloatBuffer;
import java.util.Arrays;

import io.github.dl4jdynamics.ghostbn.math.FloatChannel;
import io.github.dl4jdynamics.ghostbn.math.FloatLanes;

/** A tile of {@code float}s. */
final class FloatTile implements Tile {
    /** 2^29 + 1: what it shifts out of the 53 bits of a double leaves the 24 of a float. */
    private static final double SPLITTER = (1 << 29) + 1;

    private final float[] x = new float[CAPACITY];
    private final float[] dy = new float[CAPACITY];
    private float[] w = {};
    private final float[][] coefficients = new float[4][0];
    private final FloatChannel channel = new FloatChannel();
    private final FloatLanes lanes = new FloatLanes();

    /** Keeps 24 bits by Veltkamp's splitting: a cast there and back is exact as well, but does not vectorize. */
    @Override
    public void nearest(double[] values, double[] rounded) {
        for (int i = 0; i < values.length; i++) {
            double shifted = values[i] * SPLITTER;
            rounded[i] = shifted - (shifted - values[i]);
        }
    }

    @Override
    public void loadInput(Memory memory, Patch patch) {
        load(memory, patch, x);
    }

    @Override
    public void loadGradient(Memory memory, Patch patch) {
        load(memory, patch, dy);
    }

    @Override
    public void loadWeights(MaskWeights weights, int positions, Patch patch) {
        w = w.length == 0 ? new float[CAPACITY] : w;
        patch.fillWeights(weights, positions, (heap, weight) -> w[heap] = (float) weight);
    }

    @Override
    public void store(Memory memory, Patch patch) {
        FloatBuffer buffer = memory.floats();
        patch.transfer(memory.view(), (offset, stride, heap, length) -> {
            if (stride == 1) {
                buffer.position(offset);
                buffer.put(x, heap, length);
            } else {
                for (int i = 0; i < length; i++) {
                    buffer.put(offset + i * stride, x[heap + i]);
                }
            }
        });
    }

    @Override
    public void sumInputs(boolean weighted, int length, double[] totals) {
        if (!weighted) {
            sum(x, length, totals);
        } else if (totals.length == 1) {
            totals[0] = channel.products(x, w, length, 0);
        } else {
            lanes.products(x, w, length, totals.length, rounded(0, new double[totals.length]), cleared(totals));
        }
    }

    @Override
    public void sumWeights(int length, double[] totals) {
        sum(w, length, totals);
    }

    @Override
    public void sumGradients(int length, double[] totals) {
        sum(dy, length, totals);
    }

    @Override
    public void squares(boolean weighted, int length, double[] centre, double[] totals) {
        int channels = totals.length;
        if (channels == 1) {
            totals[0] = weighted
                    ? channel.weightedSquares(x, w, length, (float) centre[0])
                    : channel.squares(x, length, (float) centre[0]);
        } else if (weighted) {
            lanes.weightedSquares(x, w, length, channels, rounded(0, centre), cleared(totals));
        } else {
            lanes.squares(x, length, channels, rounded(0, centre), cleared(totals));
        }
    }

    @Override
    public void products(int length, double[] centre, double[] totals) {
        if (totals.length == 1) {
            totals[0] = channel.products(x, dy, length, (float) centre[0]);
        } else {
            lanes.products(x, dy, length, totals.length, rounded(0, centre), cleared(totals));
        }
    }

    @Override
    public void normalise(int length, double[] centre, double[] scale, double[] shift) {
        if (centre.length == 1) {
            channel.normalise(x, length, (float) centre[0], (float) scale[0], (float) shift[0]);
        } else {
            lanes.normalise(x, length, centre.length, rounded(0, centre), rounded(1, scale), rounded(2, shift));
        }
    }

    @Override
    public void backward(boolean weighted, int length, double[] centre, double[] a, double[] b, double[] c) {
        int channels = centre.length;
        if (channels == 1 && weighted) {
            channel.weightedBackward(x, dy, w, length, (float) centre[0], (float) a[0], (float) b[0], (float) c[0]);
        } else if (channels == 1) {
            channel.backward(x, dy, length, (float) centre[0], (float) a[0], (float) b[0], (float) c[0]);
        } else if (weighted) {
            lanes.weightedBackward(
                    x, dy, w, length, channels, rounded(0, centre), rounded(1, a), rounded(2, b), rounded(3, c));
        } else {
            lanes.backward(x, dy, length, channels, rounded(0, centre), rounded(1, a), rounded(2, b), rounded(3, c));
        }
    }

    private void sum(float[] values, int length, double[] totals) {
        if (totals.length == 1) {
            totals[0] = channel.sum(values, length);
        } else {
            lanes.sum(values, length, totals.length, cleared(totals));
        }
    }

    private static double[] cleared(double[] totals) {
        Arrays.fill(totals, 0);
        return totals;
    }

    private float[] rounded(int slot, double[] values) {
        if (coefficients[slot].length != values.length) {
            coefficients[slot] = new float[values.length];
        }
        float[] rounded = coefficients[slot];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    private static void load(Memory memory, Patch patch, float[] to) {
        FloatBuffer buffer = memory.floats();
        patch.transfer(memory.view(), (offset, stride, heap, length) -> {
            if (stride == 1) {
                buffer.position(offset);
                buffer.get(to, heap, length);
            } else {
                for (int i = 0; i < length; i++) {
                    to[heap + i] = buffer.get(offset + i * stride);
                }
            }
        });
    }
}
