/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import io.github.dl4jdynamics.spectral.lowrank.FactorizedNetwork;
import io.github.dl4jdynamics.spectral.lowrank.LowRankFactorization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;

/** A trained network made smaller: layers of low rank become two thin layers. */
public final class LowRankFactorizationExample {

    private LowRankFactorizationExample() {}

    /** Trains, prints what became of each layer, and the accuracy before and after. */
    public static void main(String[] args) {
        MultiLayerNetwork net = ExampleNetworks.network();
        net.fit(ExampleNetworks.data(), 10);

        FactorizedNetwork<MultiLayerNetwork> small =
                LowRankFactorization.builder().energy(0.75).build().factorize(net);
        System.out.println(small);

        Evaluation before = net.evaluate(ExampleNetworks.data());
        Evaluation after = small.network().evaluate(ExampleNetworks.data());
        System.out.println("accuracy " + before.accuracy() + " -> " + after.accuracy());
    }
}
