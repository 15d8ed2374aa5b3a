/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Every updater of Deeplearning4j that has a rate and can be initialised, and ours. */
final class Updaters {
    private Updaters() {}

    static Stream<Arguments> all() {
        return Stream.<Supplier<IUpdater>>of(
                        () -> new Sgd(0.05),
                        () -> new Nesterovs(0.05, 0.9),
                        () -> new Adam(new ExponentialSchedule(ScheduleType.ITERATION, 1e-2, 0.97)),
                        () -> new RmsProp(1e-2),
                        () -> new AMSGrad(1e-2),
                        () -> new AdaGrad(1e-2),
                        () -> new AdaMax(1e-2),
                        () -> new Nadam(1e-2),
                        () -> new MomentumSgd(0.05, 0.9))
                .map(updater -> Arguments.of(updater.get().getClass().getSimpleName(), updater));
    }
}
