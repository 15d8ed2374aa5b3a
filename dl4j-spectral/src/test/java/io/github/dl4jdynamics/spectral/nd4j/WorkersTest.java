/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(60)
class WorkersTest {

    @Test
    void run_usesTheCallerAndNamedDaemonsSideBySide() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CyclicBarrier together = new CyclicBarrier(3);

        Workers.run(3, () -> {
            threads.add(Thread.currentThread());
            try {
                together.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(threads).hasSize(3).contains(Thread.currentThread());
        threads.remove(Thread.currentThread());
        assertThat(threads).allMatch(Thread::isDaemon).noneMatch(Thread::isAlive);
        assertThat(threads)
                .extracting(Thread::getName)
                .containsExactlyInAnyOrder("dl4jdynamics-spectra-1", "dl4jdynamics-spectra-2");
    }

    @Test
    void run_whereOneFails_waitsForAllAndThrows() {
        AtomicInteger turns = new AtomicInteger();
        AtomicInteger finished = new AtomicInteger();

        assertThatIllegalStateException()
                .isThrownBy(() -> Workers.run(4, () -> {
                    if (turns.getAndIncrement() == 2) {
                        throw new IllegalStateException("third");
                    }
                    finished.incrementAndGet();
                }))
                .withMessage("third");

        assertThat(finished).hasValue(3);
    }

    @Test
    void run_interrupted_finishesAndStaysInterrupted() {
        AtomicInteger finished = new AtomicInteger();
        Thread.currentThread().interrupt();

        Workers.run(2, finished::incrementAndGet);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(finished).hasValue(2);
    }
}
