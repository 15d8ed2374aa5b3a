/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

/**
 * Weights of a convolution sorted by kernel position, {@code [out * in][k]} to {@code [k][out * in]}, when first asked
 * for. Gathering one position out of {@code [out, in, k]} reads every cache line of the array; sorting reads each once
 * for all positions.
 */
final class KernelPositions {

    private final int k;
    private final int length;
    private Object interleaved;
    private Object sorted;

    KernelPositions(Object interleaved, int length, int k) {
        this.interleaved = interleaved;
        this.length = length;
        this.k = k;
    }

    int size() {
        return length;
    }

    /** The sorted {@code float[]} or {@code double[]}; other threads wait while the first one sorts. */
    synchronized Object array() {
        if (sorted == null) {
            sorted = interleaved instanceof float[] ? sort((float[]) interleaved) : sort((double[]) interleaved);
            interleaved = null;
        }
        return sorted;
    }

    private float[] sort(float[] from) {
        float[] to = new float[length];
        int perPosition = length / k;
        for (int i = 0, source = 0; i < perPosition; i++) {
            for (int position = 0; position < k; position++, source++) {
                to[position * perPosition + i] = from[source];
            }
        }
        return to;
    }

    private double[] sort(double[] from) {
        double[] to = new double[length];
        int perPosition = length / k;
        for (int i = 0, source = 0; i < perPosition; i++) {
            for (int position = 0; position < k; position++, source++) {
                to[position * perPosition + i] = from[source];
            }
        }
        return to;
    }
}
