/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.Adam;

/** Trains networks with tuned updaters and no listener, and prints what was logged; the warning comes once per JVM. */
final class UnattendedMain {
    private UnattendedMain() {}

    public static void main(String[] arguments) {
        MultiLayerNetwork wrapped = Networks.stack(TempBalanceUpdater.of(new Adam(1e-2)));
        MultiLayerNetwork attached = Networks.stack(new Adam(1e-2));
        Networks.settings().build().attach(attached);
        MultiLayerNetwork restored = Networks.restored(attached);
        try (Logs logs = new Logs()) {
            Networks.fitBatches(wrapped, 1);
            System.out.println("first iteration: " + logs.warnings().size());
            Networks.fitBatches(wrapped, 3);
            Networks.fitBatches(restored, 3);
            logs.warnings().forEach(line -> System.out.println("logged: " + line));
        }
    }
}
