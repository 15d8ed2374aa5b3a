/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import io.github.dl4jdynamics.tempbalance.TempBalance;
import io.github.dl4jdynamics.tempbalance.TempBalanceListener;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Two lines beside an existing {@code fit}: every layer trains at a rate chosen from its weight spectrum. */
public final class QuickStart {

    private QuickStart() {}

    /** Trains and prints the rates. */
    public static void main(String[] args) {
        MultiLayerNetwork net = ExampleNetworks.network();

        TempBalanceListener rates = TempBalance.farms().attach(net);
        net.fit(ExampleNetworks.data(), 5);

        System.out.println(rates.history());
    }
}
