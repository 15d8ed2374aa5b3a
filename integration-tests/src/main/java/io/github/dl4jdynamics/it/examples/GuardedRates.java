/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import io.github.dl4jdynamics.spectral.report.SamplingSchedule;
import io.github.dl4jdynamics.tempbalance.Target;
import io.github.dl4jdynamics.tempbalance.TempBalance;
import io.github.dl4jdynamics.tempbalance.TempBalanceListener;
import io.github.dl4jdynamics.tempbalance.math.Guards;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Rates and weight decay together, smoothed and limited, after a warm-up and within a time budget. */
public final class GuardedRates {

    private GuardedRates() {}

    /** Trains and prints the rates. */
    public static void main(String[] args) {
        MultiLayerNetwork net = ExampleNetworks.network();
        TempBalanceListener rates = TempBalance.farms().toBuilder()
                .targets(Target.LEARNING_RATE, Target.WEIGHT_DECAY)
                .guards(Guards.builder()
                        .minSpread(0.1)
                        .clamp(0.3, 3)
                        .maxChange(1.5)
                        .build())
                .smoothing(0.5)
                .schedule(SamplingSchedule.everyIterations(5).startingAfter(10))
                .skipUnchanged(0.001)
                .timeBudget(0.5)
                .multiplier("output", 0.5)
                .build()
                .attach(net);

        net.fit(ExampleNetworks.data(), 3);

        System.out.println(rates.history());
    }
}
