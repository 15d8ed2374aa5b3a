/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.Arrays;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The layer's parameters, or their gradients, on the heap: gamma, beta (unless locked), mean, and log10stdev or var, one
 * after the other as they lie in the flat array, which is read or written in one go.
 */
final class FlatParameters {
    private final double[] values;
    private final int channels;
    private final int statistics;

    private FlatParameters(double[] values, int channels) {
        this.values = values;
        this.channels = channels;
        this.statistics = values.length - 2 * channels;
    }

    /** A copy of the layer's flat array. */
    static FlatParameters read(INDArray flat, int channels) {
        return new FlatParameters(flat.reshape(flat.length()).toDoubleVector(), channels);
    }

    /** Zeros, as long as the layer's flat array. */
    static FlatParameters zeros(INDArray flat, int channels) {
        return new FlatParameters(new double[(int) flat.length()], channels);
    }

    double[] gamma() {
        return get(0);
    }

    double[] beta() {
        return get(channels);
    }

    double[] mean() {
        return get(statistics);
    }

    /** log10stdev or var. */
    double[] spread() {
        return get(statistics + channels);
    }

    void setAffine(double[] gamma, double[] beta) {
        System.arraycopy(gamma, 0, values, 0, channels);
        System.arraycopy(beta, 0, values, channels, channels);
    }

    void setStatistics(double[] mean, double[] spread) {
        System.arraycopy(mean, 0, values, statistics, channels);
        System.arraycopy(spread, 0, values, statistics + channels, channels);
    }

    /** Overwrites the layer's flat array. */
    void write(INDArray flat) {
        INDArray source;
        if (flat.dataType() == DataType.FLOAT) {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            source = Nd4j.createFromArray(floats);
        } else {
            source = Nd4j.createFromArray(values).castTo(flat.dataType());
        }
        flat.reshape(flat.length()).assign(source);
    }

    private double[] get(int from) {
        return Arrays.copyOfRange(values, from, from + channels);
    }
}
