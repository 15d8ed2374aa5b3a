/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

/**
 * Scratch on the heap for one patch of two arrays, small enough to stay in the processor's cache, and the arithmetic on
 * it; one implementation for each data type. Not shared between threads.
 *
 * <p>{@code length} is the number of elements of the patch; arrays of totals and coefficients have one number for each
 * of its channels, which lie side by side. Totals are overwritten.
 */
interface Tile {
    /** Elements a tile holds. */
    int CAPACITY = 1 << 16;

    /** Rounds numbers to the tile's type: what a centre has to be. */
    void nearest(double[] values, double[] rounded);

    /** Copies the patch of an array of inputs here. */
    void loadInput(Memory memory, Patch patch);

    /** Copies the patch of an array of output gradients here. */
    void loadGradient(Memory memory, Patch patch);

    /** Copies the patch of a mask here. */
    void loadWeights(MaskWeights weights, int positions, Patch patch);

    /** Copies the inputs, which a call of {@link #normalise} or {@link #backward} has overwritten, to an array. */
    void store(Memory memory, Patch patch);

    /** Adds up the inputs, times the weights if there are any. */
    void sumInputs(boolean weighted, int length, double[] totals);

    /** Adds up the weights. */
    void sumWeights(int length, double[] totals);

    /** Adds up the squared distances of the inputs from the centre, times the weights if there are any. */
    void squares(boolean weighted, int length, double[] centre, double[] totals);

    /** Adds up the gradients. */
    void sumGradients(int length, double[] totals);

    /** Adds up the gradients times the distances of the inputs from the centre. */
    void products(int length, double[] centre, double[] totals);

    /** {@code x <- (x - centre) scale + shift}. */
    void normalise(int length, double[] centre, double[] scale, double[] shift);

    /** {@code x <- dy a + w ((x - centre) b + c)}. */
    void backward(boolean weighted, int length, double[] centre, double[] a, double[] b, double[] c);
}
