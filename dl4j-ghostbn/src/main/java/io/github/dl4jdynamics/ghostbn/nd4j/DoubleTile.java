/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.nio.DoubleBuffer;
import java.util.Arrays;

import io.github.dl4jdynamics.ghostbn.math.DoubleChannel;
import io.github.dl4jdynamics.ghostbn.math.DoubleLanes;

/** A tile of {@code double}s. */
final class DoubleTile implements Tile {
    private final double[] x = new double[CAPACITY];
    private final double[] dy = new double[CAPACITY];
    private double[] w = {};
    private final DoubleChannel channel = new DoubleChannel();
    private final DoubleLanes lanes = new DoubleLanes();

    @Override
    public void nearest(double[] values, double[] rounded) {
        System.arraycopy(values, 0, rounded, 0, values.length);
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
        w = w.length == 0 ? new double[CAPACITY] : w;
        patch.fillWeights(weights, positions, (heap, weight) -> w[heap] = weight);
    }

    @Override
    public void store(Memory memory, Patch patch) {
        DoubleBuffer buffer = memory.doubles();
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
            lanes.products(x, w, length, totals.length, new double[totals.length], cleared(totals));
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
            totals[0] =
                    weighted ? channel.weightedSquares(x, w, length, centre[0]) : channel.squares(x, length, centre[0]);
        } else if (weighted) {
            lanes.weightedSquares(x, w, length, channels, centre, cleared(totals));
        } else {
            lanes.squares(x, length, channels, centre, cleared(totals));
        }
    }

    @Override
    public void products(int length, double[] centre, double[] totals) {
        if (totals.length == 1) {
            totals[0] = channel.products(x, dy, length, centre[0]);
        } else {
            lanes.products(x, dy, length, totals.length, centre, cleared(totals));
        }
    }

    @Override
    public void normalise(int length, double[] centre, double[] scale, double[] shift) {
        if (centre.length == 1) {
            channel.normalise(x, length, centre[0], scale[0], shift[0]);
        } else {
            lanes.normalise(x, length, centre.length, centre, scale, shift);
        }
    }

    @Override
    public void backward(boolean weighted, int length, double[] centre, double[] a, double[] b, double[] c) {
        int channels = centre.length;
        if (channels == 1 && weighted) {
            channel.weightedBackward(x, dy, w, length, centre[0], a[0], b[0], c[0]);
        } else if (channels == 1) {
            channel.backward(x, dy, length, centre[0], a[0], b[0], c[0]);
        } else if (weighted) {
            lanes.weightedBackward(x, dy, w, length, channels, centre, a, b, c);
        } else {
            lanes.backward(x, dy, length, channels, centre, a, b, c);
        }
    }

    private void sum(double[] values, int length, double[] totals) {
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

    private static void load(Memory memory, Patch patch, double[] to) {
        DoubleBuffer buffer = memory.doubles();
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
