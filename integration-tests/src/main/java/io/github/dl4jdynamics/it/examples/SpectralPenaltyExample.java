/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import io.github.dl4jdynamics.spectral.regularization.SpectralPenaltyListener;
import io.github.dl4jdynamics.spectral.regularization.SpectralRegularization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Training under pressure towards low rank. */
public final class SpectralPenaltyExample {

    private SpectralPenaltyExample() {}

    /** Trains with the nuclear norm of every weight matrix in the loss, and prints what became of the norms. */
    public static void main(String[] args) {
        MultiLayerNetwork net = ExampleNetworks.network();
        SpectralRegularization.nuclearNorm(1e-3).period(5).build().attach(net);

        SpectralPenaltyListener spectra = new SpectralPenaltyListener();
        net.addListeners(spectra);
        net.fit(ExampleNetworks.data(), 5);

        System.out.println(spectra.history());
    }
}
