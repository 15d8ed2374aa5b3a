/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class BlasThreadsTest {

    private int before;

    @BeforeEach
    void setThreeThreads() {
        before = BlasThreads.current();
        OpenBlas.threads(3);
    }

    @AfterEach
    void restore() {
        BlasThreads.leaveAlone(false);
        OpenBlas.threads(before);
    }

    @Test
    void limit_holdsUntilClosed() {
        BlasThreads one = BlasThreads.limit(1);

        assertThat(BlasThreads.current()).isEqualTo(1);
        assertThat(one).hasToString("BlasThreads[limit 1]");
        one.close();
        assertThat(BlasThreads.current()).isEqualTo(3);
    }

    @Test
    void limit_aboveTheCount_changesNothing() {
        BlasThreads many = BlasThreads.limit(100);

        assertThat(BlasThreads.current()).isEqualTo(3);
        many.close();
        assertThat(BlasThreads.current()).isEqualTo(3);
    }

    @Test
    void limits_thatOverlap_takeTheSmallestAndRestoreTheFirst() {
        BlasThreads two = BlasThreads.limit(2);
        BlasThreads one = BlasThreads.limit(1);
        assertThat(BlasThreads.current()).isEqualTo(1);

        two.close();
        assertThat(BlasThreads.current()).isEqualTo(1);
        BlasThreads again = BlasThreads.limit(2);
        one.close();
        assertThat(BlasThreads.current()).isEqualTo(2);
        again.close();

        assertThat(BlasThreads.current()).isEqualTo(3);
    }

    @Test
    void close_twice_doesNotEndTheOthersStretch() {
        BlasThreads first = BlasThreads.limit(1);
        BlasThreads second = BlasThreads.limit(1);

        first.close();
        first.close();

        assertThat(BlasThreads.current()).isEqualTo(1);
        second.close();
        assertThat(BlasThreads.current()).isEqualTo(3);
    }

    @Test
    void limits_ofTwoThreads_restoreTheOriginal() throws Exception {
        CountDownLatch firstOpen = new CountDownLatch(1);
        CountDownLatch secondOpen = new CountDownLatch(1);
        CountDownLatch firstClosed = new CountDownLatch(1);
        ExecutorService executor = Executors.newFixedThreadPool(2);

        Future<Integer> first = executor.submit(() -> {
            BlasThreads one = BlasThreads.limit(1);
            firstOpen.countDown();
            assertThat(secondOpen.await(30, TimeUnit.SECONDS)).isTrue();
            one.close();
            int seen = BlasThreads.current();
            firstClosed.countDown();
            return seen;
        });
        Future<Integer> second = executor.submit(() -> {
            assertThat(firstOpen.await(30, TimeUnit.SECONDS)).isTrue();
            BlasThreads one = BlasThreads.limit(1);
            secondOpen.countDown();
            assertThat(firstClosed.await(30, TimeUnit.SECONDS)).isTrue();
            one.close();
            return BlasThreads.current();
        });

        assertThat(first.get()).isEqualTo(1);
        assertThat(second.get()).isEqualTo(3);
        executor.shutdown();
    }

    @Test
    @SuppressWarnings("try")
    void exceptionInside_restores() {
        assertThatThrownBy(() -> {
                    try (BlasThreads one = BlasThreads.limit(1)) {
                        assertThat(BlasThreads.current()).isEqualTo(1);
                        throw new IllegalStateException("inside");
                    }
                })
                .hasMessage("inside");

        assertThat(BlasThreads.current()).isEqualTo(3);
    }

    @Test
    void leaveAlone_makesNewStretchesDoNothing_andOldOnesEnd() {
        BlasThreads old = BlasThreads.limit(2);

        BlasThreads.leaveAlone(true);
        BlasThreads idle = BlasThreads.limit(1);
        assertThat(BlasThreads.current()).isEqualTo(2);
        old.close();
        assertThat(BlasThreads.current()).isEqualTo(3);
        OpenBlas.threads(4);
        idle.close();

        assertThat(BlasThreads.current()).isEqualTo(4);
    }

    @Test
    void propertyLeave_makesNewStretchesDoNothing() {
        System.setProperty(BlasThreads.PROPERTY, "leave");
        try {
            BlasThreads idle = BlasThreads.limit(1);

            assertThat(BlasThreads.current()).isEqualTo(3);
            idle.close();
        } finally {
            System.clearProperty(BlasThreads.PROPERTY);
        }
    }

    @Test
    void limit_belowOne_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BlasThreads.limit(0))
                .withMessage("BLAS thread count must be at least 1, got 0; 1 means no threads of its own");
        assertThat(BlasThreads.current()).isEqualTo(3);
    }

    @Test
    void current_isTheCountThatNd4jSets() {
        Nd4j.getNDArrayFactory().blas().setMaxThreads(2);

        assertThat(BlasThreads.current()).isEqualTo(2);
    }
}
