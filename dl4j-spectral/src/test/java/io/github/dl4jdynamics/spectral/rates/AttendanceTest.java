/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Sgd;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class AttendanceTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(Attendance.class);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final LayerRateSchedule schedule = new LayerRateSchedule("dense", new Sgd(0.1), true);
    private final Attendance attendance = new Attendance("The listener");

    @BeforeEach
    void listen() {
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        schedule.follow(attendance);
    }

    @AfterEach
    void stopListening() {
        logger.setAdditive(true);
        logger.detachAppender(appender);
    }

    private List<String> messages() {
        List<String> messages = new ArrayList<>();
        appender.list.forEach(event -> messages.add(event.getFormattedMessage()));
        return messages;
    }

    @Test
    void check_listenerNeverSeenYet_isNotMissed() {
        schedule.valueAt(0, 0);
        schedule.valueAt(Integer.MAX_VALUE, 0);

        assertThat(messages()).isEmpty();
    }

    @Test
    void check_oneIterationAfterTheListener_isInTime() {
        attendance.seen(4);
        schedule.valueAt(5, 0);

        assertThat(messages()).isEmpty();
    }

    @Test
    void check_twoIterationsAfterTheListener_warnsOnce() {
        attendance.seen(4);
        schedule.valueAt(6, 0);
        schedule.valueAt(7, 0);

        assertThat(messages())
                .containsExactly(
                        "The listener was last called at iteration 4, and a rate is asked for iteration 6: if the "
                                + "network is training, setListeners(..) dropped the listener and the rates no longer change. Use "
                                + "addListeners(..), pass the listener again, or detach.");
    }

    @Test
    void check_clonedSchedule_isNotThatListenersAnyMore() {
        attendance.seen(4);

        assertThat(schedule.clone().followsOtherThan(new Attendance("another"))).isFalse();
        assertThat(schedule.followsOtherThan(new Attendance("another"))).isTrue();
        assertThat(schedule.followsOtherThan(attendance)).isFalse();
        assertThat(schedule.followsOtherThan(null)).isFalse();
    }

    @Test
    void check_fixedMultiplier_expectsNoListener() {
        LayerRateSchedule fixed = new LayerRateSchedule("dense", new Sgd(0.1), false);

        fixed.valueAt(1000, 3);

        assertThat(messages()).isEmpty();
    }
}
