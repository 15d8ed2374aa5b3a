/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import io.github.dl4jdynamics.tempbalance.TempBalance;
import io.github.dl4jdynamics.tempbalance.TempBalanceListener;
import io.github.dl4jdynamics.tempbalance.math.Blocks;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** TB_Sigmoid with one score per block of layers, measured every ten iterations. */
public final class BlockwiseSigmoid {

    private BlockwiseSigmoid() {}

    /** Trains and prints the rates. */
    public static void main(String[] args) {
        MultiLayerNetwork net = ExampleNetworks.network();
        TempBalanceListener rates = TempBalance.modelBalancing().toBuilder()
                .blocks(Blocks.byPattern("block(\\d+)-"))
                .everyIterations(10)
                .build()
                .attach(net);

        net.fit(ExampleNetworks.data(), 2);

        System.out.println(rates.history());
    }
}
