/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import io.github.dl4jdynamics.spectral.rates.CosineSchedule;
import io.github.dl4jdynamics.spectral.rates.WarmupSchedule;
import io.github.dl4jdynamics.tempbalance.TempBalance;
import io.github.dl4jdynamics.tempbalance.TempBalanceUpdater;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Rates installed in the configuration, around a warm-up and cosine schedule; right for JSON and ParallelWrapper. */
public final class ConfigureBeforeInit {

    private ConfigureBeforeInit() {}

    /** Shows both spellings. */
    public static void main(String[] args) {
        ISchedule cosine = new CosineSchedule(ScheduleType.ITERATION, 1e-3, 50);
        ISchedule base = new WarmupSchedule(ScheduleType.ITERATION, 10, cosine);
        TempBalance balance = TempBalance.farms();

        MultiLayerConfiguration conf = balance.configure(ExampleNetworks.configuration(new Adam(base)));
        MultiLayerNetwork net = new MultiLayerNetwork(MultiLayerConfiguration.fromJson(conf.toJson()));
        net.init();
        net.setListeners(balance.listener());
        net.fit(ExampleNetworks.data(), 2);

        MultiLayerNetwork other =
                new MultiLayerNetwork(ExampleNetworks.configuration(TempBalanceUpdater.of(new Adam(base))));
        other.init();
        other.setListeners(balance.listener());
        other.fit(ExampleNetworks.data(), 2);

        System.out.println("rate of block1-dense: "
                + net.getLayer(2).getConfig().getUpdaterByParam("W").getLearningRate(20, 2));
    }
}
