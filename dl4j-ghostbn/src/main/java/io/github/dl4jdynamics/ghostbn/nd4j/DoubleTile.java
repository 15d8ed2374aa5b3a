/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.nio.DoubleBuffer;

import io.github.dl4jdynamics.ghostbn.math.DoubleLanes;

/** A tile of {@code double}s. */
final class DoubleTile implements Tile {
    private final double[] x = new double[CAPACITY];
    private final double[] dy = new double[CAPACITY];
    private double[] w = {};

    @Override
    public double nearest(double value) {
        return value;
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
    public void sumInputs(boolean weighted, int length, int lanes, double[] totals) {
        if (weighted) {
            DoubleLanes.products(x, w, length, lanes, new double[lanes], totals);
        } else {
            DoubleLanes.sum(x, length, lanes, totals);
        }
    }

    @Override
    public void sumWeights(int length, int lanes, double[] totals) {
        DoubleLanes.sum(w, length, lanes, totals);
    }

    @Override
    public void squares(boolean weighted, int length, int lanes, double[] centre, double[] totals) {
        if (weighted) {
            DoubleLanes.weightedSquares(x, w, length, lanes, centre, totals);
        } else {
            DoubleLanes.squares(x, length, lanes, centre, totals);
        }
    }

    @Override
    public void sumGradients(int length, int lanes, double[] totals) {
        DoubleLanes.sum(dy, length, lanes, totals);
    }

    @Override
    public void products(int length, int lanes, double[] centre, double[] totals) {
        DoubleLanes.products(x, dy, length, lanes, centre, totals);
    }

    @Override
    public void normalise(int length, int lanes, double[] centre, double[] scale, double[] shift) {
        DoubleLanes.normalise(x, length, lanes, centre, scale, shift);
    }

    @Override
    public void backward(boolean weighted, int length, int lanes, double[] centre, double[] a, double[] b, double[] c) {
        if (weighted) {
            DoubleLanes.weightedBackward(x, dy, w, length, lanes, centre, a, b, c);
        } else {
            DoubleLanes.backward(x, dy, length, lanes, centre, a, b, c);
        }
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
