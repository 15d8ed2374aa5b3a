/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.github.dl4jdynamics.ghostbn.math.GhostSplit;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The blocks of work on an array: one for each ghost batch and channel, or each ghost batch and run of neighbouring
 * channels.
 *
 * <p>Blocks depend on the array and the split alone, never on the number of threads, and each is worked on by one
 * thread: results are the same to the bit however many there are.
 */
final class Tiling {
    /** Below this many elements, waking other threads costs more than they bring. */
    private static final long WORTH_SHARING = 1 << 14;

    /** More shares than threads, so that a thread held up elsewhere leaves its shares to the others. */
    private static final int SHARES_PER_THREAD = 4;

    /** Neighbouring channels taken at once, whole cache lines: many where there are groups enough to share out. */
    private static final int FEW_NEIGHBOURS = 32;

    private static final int MANY_NEIGHBOURS = 256;
    private static final int MANY_GROUPS = 4;

    /** Workbenches at rest, as many as have ever been in use at once; thread-locals of pool threads may be cleared any time. */
    private static final Queue<Workbench> FLOAT_BENCHES = new ConcurrentLinkedQueue<>();

    private static final Queue<Workbench> DOUBLE_BENCHES = new ConcurrentLinkedQueue<>();

    private final ChannelView view;
    private final GhostSplit split;
    private final int channelsPerBlock;
    private final Queue<Workbench> benches;
    private final Supplier<Tile> newTile;

    Tiling(ChannelView view, GhostSplit split, DataType type) {
        this.view = view;
        this.split = split;
        int neighbours = split.groups() < MANY_GROUPS ? FEW_NEIGHBOURS : MANY_NEIGHBOURS;
        this.channelsPerBlock = view.hasNeighbouringChannels() ? Math.min(view.channels(), neighbours) : 1;
        this.benches = type == DataType.FLOAT ? FLOAT_BENCHES : DOUBLE_BENCHES;
        this.newTile = type == DataType.FLOAT ? FloatTile::new : DoubleTile::new;
    }

    /** Work on one block, on a workbench that nobody else uses meanwhile. */
    interface Work {
        void on(Block block, Workbench bench);
    }

    /** Does the work on every block, on several threads if that is worth it. */
    void forEachBlock(Work work) {
        int runs = (view.channels() + channelsPerBlock - 1) / channelsPerBlock;
        int blocks = split.groups() * runs;
        if ((long) view.examples() * view.channels() * view.positions() < WORTH_SHARING) {
            work(work, runs, 0, blocks);
            return;
        }
        int shares = Math.min(blocks, SHARES_PER_THREAD * (ForkJoinPool.getCommonPoolParallelism() + 1));
        IntStream.range(0, shares)
                .parallel()
                .forEach(share -> work(work, runs, (int) ((long) blocks * share / shares), (int)
                        ((long) blocks * (share + 1) / shares)));
    }

    private void work(Work work, int runs, int from, int to) {
        Workbench resting = benches.poll();
        Workbench bench = resting == null ? new Workbench(newTile.get()) : resting;
        try {
            for (int i = from; i < to; i++) {
                int firstChannel = i % runs * channelsPerBlock;
                int channels = Math.min(channelsPerBlock, view.channels() - firstChannel);
                work.on(new Block(view, split, i / runs, firstChannel, channels), bench);
            }
        } finally {
            benches.add(bench);
        }
    }
}
