/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The writer on disks that fill up, fail, or hold more than 2 GiB. */
class NpyMatrixWriterDiskTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("a.npy");
    }

    private SeekableByteChannel disk() throws IOException {
        return Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Room for two and a half rows: the third is torn by the disk. */
    @Test
    void flush_diskFull_keepsTheRowsThatFitAndRefusesMore() throws IOException {
        LimitedChannel channel = new LimitedChannel(disk(), 128 + 2 * 8 + 4);
        NpyMatrixWriter out = new NpyMatrixWriter(channel, "a.npy", NpyType.FLOAT32, 2);
        out.append(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 0, 8);

        assertThatIOException().isThrownBy(out::flush).withMessage("No space left on device");

        assertThat(NaiveNpy.read(file)).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> out.append(new double[1], 0, 1))
                .withMessage("the writer of a.npy failed before and lost numbers; close it and write a new file");
        out.close();
        assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}, {3, 4}});
        assertThat(Files.size(file)).isEqualTo(128 + 2 * 8);
    }

    @Test
    void close_diskFull_throwsAndKeepsTheRowsThatFit() throws IOException {
        SeekableByteChannel disk = disk();
        NpyMatrixWriter out = new NpyMatrixWriter(new LimitedChannel(disk, 128 + 8), "a.npy", NpyType.FLOAT32, 2);
        out.append(new double[] {1, 2, 3, 4}, 0, 4);

        assertThatIOException().isThrownBy(out::close).withMessage("No space left on device");

        assertThat(disk.isOpen()).isFalse();
        assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}});
    }

    @Test
    void close_channelGone_throwsAndLeavesTheFlushedRows() throws IOException {
        SeekableByteChannel disk = disk();
        NpyMatrixWriter out = new NpyMatrixWriter(disk, "a.npy", NpyType.FLOAT32, 2);
        out.append(new double[] {1, 2, 3, 4}, 0, 3);
        out.flush();
        out.append(new double[] {4}, 0, 1);
        disk.close();

        assertThatIOException().isThrownBy(out::close);

        assertThat(NaiveNpy.read(file)).isDeepEqualTo(new double[][] {{1, 2}});
    }

    /** 2.2 GB of zeros that no disk keeps; only where they went is looked at. */
    @Test
    void append_moreThanTwoGibibytes_goesBehindAndIsCounted() throws IOException {
        int columns = 1 << 20;
        int rows = 520;
        CountingChannel channel = new CountingChannel();
        double[] row = new double[columns];
        try (NpyMatrixWriter out = new NpyMatrixWriter(channel, "big.npy", NpyType.FLOAT32, columns)) {
            for (int t = 0; t < rows; t++) {
                out.append(row, 0, columns);
            }
        }

        long bytes = 128 + rows * 4L * columns;
        assertThat(bytes).isGreaterThan(1L << 31);
        assertThat(channel.size()).isEqualTo(bytes);
        assertThat(channel.written).isEqualTo(bytes + rows * 128L);
        assertThat(channel.header)
                .isEqualTo(NpyHeader.of(NpyType.FLOAT32, rows, columns).array());
    }

    /** Keeps the header and forgets the rest. */
    private static final class CountingChannel implements SeekableByteChannel {
        private final byte[] header = new byte[NpyHeader.BYTES];
        private long position;
        private long size;
        private long written;

        @Override
        public int write(ByteBuffer source) {
            int n = source.remaining();
            if (position == 0) {
                source.get(header);
            }
            source.position(source.limit());
            position += n;
            written += n;
            size = Math.max(size, position);
            return n;
        }

        @Override
        public int read(ByteBuffer target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public SeekableByteChannel position(long newPosition) {
            position = newPosition;
            return this;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public SeekableByteChannel truncate(long newSize) {
            size = Math.min(size, newSize);
            return this;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
