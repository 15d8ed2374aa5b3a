/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import com.google.common.collect.ImmutableMap;
import io.github.dl4jdynamics.spectral.rates.LayerRates;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Fixed multiples of the rate per layer, for fine-tuning; no spectra involved. */
public final class DiscriminativeRates {

    private DiscriminativeRates() {}

    /** Trains with slow early layers, then restores the plain updaters. */
    public static void main(String[] args) {
        MultiLayerNetwork net = ExampleNetworks.network();

        LayerRates.multiply(net, ImmutableMap.of("input", 0.1, "block1-dense", 0.3));
        net.fit(ExampleNetworks.data(), 2);
        LayerRates.remove(net);

        System.out.println("score " + net.score());
    }
}
