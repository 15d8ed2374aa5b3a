/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** The private copy, whichever kind of network it is of. */
interface LossNetwork {

    /** The flat parameter vector, live. */
    INDArray parameters();

    /** The flat gradient of the latest backward pass, summed over examples; live. */
    INDArray gradient();

    /** Refuses a batch with another number of arrays than the network has inputs and outputs. */
    void check(MultiDataSet batch);

    /** Forward and backward pass; leaves the gradient in {@link #gradient}. Returns the mean loss of the batch. */
    double differentiate(MultiDataSet batch);

    /** Forward pass in training mode. Returns the mean loss of the batch. */
    double score(MultiDataSet batch);

    /** The network itself. */
    Model model();

    /** Projects the parameters as the framework does after an update. */
    void applyConstraints(int iteration, int epoch);
}
