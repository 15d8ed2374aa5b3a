/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.nio.FloatBuffer;
import java.util.Arrays;

import io.github.dl4jdynamics.ghostbn.math.FloatLanes;

/** A tile of {@code float}s. */
final class FloatTile implements Tile {
    private final float[] x = new float[CAPACITY];
    private final float[] dy = new float[CAPACITY];
    private float[] w = {};
    private float[] centre = {};
    private float[] first = {};
    private float[] second = {};
    private float[] third = {};

    @Override
    public double nearest(double value) {
        return (float) value;
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
    public void sumInputs(boolean weighted, int length, int lanes, double[] totals) {
        if (weighted) {
            centre = resize(centre, lanes);
            Arrays.fill(centre, 0);
            FloatLanes.products(x, w, length, lanes, centre, totals);
        } else {
            FloatLanes.sum(x, length, lanes, totals);
        }
    }

    @Override
    public void sumWeights(int length, int lanes, double[] totals) {
        FloatLanes.sum(w, length, lanes, totals);
    }

    @Override
    public void squares(boolean weighted, int length, int lanes, double[] centre, double[] totals) {
        this.centre = round(centre, this.centre, lanes);
        if (weighted) {
            FloatLanes.weightedSquares(x, w, length, lanes, this.centre, totals);
        } else {
            FloatLanes.squares(x, length, lanes, this.centre, totals);
        }
    }

    @Override
    public void sumGradients(int length, int lanes, double[] totals) {
        FloatLanes.sum(dy, length, lanes, totals);
    }

    @Override
    public void products(int length, int lanes, double[] centre, double[] totals) {
        this.centre = round(centre, this.centre, lanes);
        FloatLanes.products(x, dy, length, lanes, this.centre, totals);
    }

    @Override
    public void normalise(int length, int lanes, double[] centre, double[] scale, double[] shift) {
        this.centre = round(centre, this.centre, lanes);
        first = round(scale, first, lanes);
        second = round(shift, second, lanes);
        FloatLanes.normalise(x, length, lanes, this.centre, first, second);
    }

    @Override
    public void backward(boolean weighted, int length, int lanes, double[] centre, double[] a, double[] b, double[] c) {
        this.centre = round(centre, this.centre, lanes);
        first = round(a, first, lanes);
        second = round(b, second, lanes);
        third = round(c, third, lanes);
        if (weighted) {
            FloatLanes.weightedBackward(x, dy, w, length, lanes, this.centre, first, second, third);
        } else {
            FloatLanes.backward(x, dy, length, lanes, this.centre, first, second, third);
        }
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

    private static float[] resize(float[] array, int lanes) {
        return array.length >= lanes ? array : new float[lanes];
    }

    private static float[] round(double[] values, float[] into, int lanes) {
        float[] rounded = resize(into, lanes);
        for (int j = 0; j < lanes; j++) {
            rounded[j] = (float) values[j];
        }
        return rounded;
    }
}
