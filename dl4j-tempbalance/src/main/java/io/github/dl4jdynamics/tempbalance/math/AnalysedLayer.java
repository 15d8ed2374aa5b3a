/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance.math;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkNotNull;

/** What the exclusion rules look at in a layer whose spectrum was computed. */
public final class AnalysedLayer {

    private final String name;
    private final int eigenvalues;
    private final boolean convolution;

    private AnalysedLayer(String name, int eigenvalues, boolean convolution) {
        checkArgument(
                eigenvalues >= 0,
                "eigenvalues of layer '%s' must be >= 0, got %s; give the number its spectrum holds",
                name,
                eigenvalues);
        this.name = checkNotNull(name, "name of an analysed layer must not be null");
        this.eigenvalues = eigenvalues;
        this.convolution = convolution;
    }

    /** Creates a convolutional layer with the number of eigenvalues that all its matrices have together. */
    public static AnalysedLayer convolution(String name, int eigenvalues) {
        return new AnalysedLayer(name, eigenvalues, true);
    }

    /** Creates a layer of any other kind with the number of eigenvalues that all its matrices have together. */
    public static AnalysedLayer linear(String name, int eigenvalues) {
        return new AnalysedLayer(name, eigenvalues, false);
    }

    /** Returns the layer's name. */
    public String name() {
        return name;
    }

    /** Returns the number of eigenvalues. */
    public int eigenvalues() {
        return eigenvalues;
    }

    /** Whether the layer is a convolution. */
    public boolean isConvolution() {
        return convolution;
    }

    @Override
    public String toString() {
        return name + " (" + (convolution ? "convolution, " : "linear, ") + eigenvalues + " eigenvalues)";
    }
}
