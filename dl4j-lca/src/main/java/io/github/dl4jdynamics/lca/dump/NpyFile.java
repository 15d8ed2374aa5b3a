/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

import com.google.common.io.Closer;

/** Bytes of a {@code .npy} file: data that grow, behind a header that never claims a row that is not in the file. */
final class NpyFile implements Closeable {
    // Invariant: the file holds at least `written` bytes of data and its header claims `claimed` <= written / rowBytes
    // rows. Positions are set before each write, as the header is rewritten between them.
    private final SeekableByteChannel channel;
    private final NpyType type;
    private final long columns;
    private final long rowBytes;
    private long written;
    private long claimed = -1;

    NpyFile(SeekableByteChannel channel, NpyType type, long columns) throws IOException {
        this.channel = channel;
        this.type = type;
        this.columns = columns;
        rowBytes = columns * type.bytes();
        claim();
    }

    /** Bytes of data that went into the file, also by a write that failed later. */
    long written() {
        return written;
    }

    void append(ByteBuffer data) throws IOException {
        channel.position(NpyHeader.BYTES + written);
        while (data.hasRemaining()) {
            written += channel.write(data);
        }
    }

    /** The next append goes to this byte of the data; what lay behind it is no longer claimed. */
    void rewind(long bytes) throws IOException {
        written = bytes;
        claim();
    }

    /** Counts the complete rows in the header. */
    void claim() throws IOException {
        long rows = written / rowBytes;
        if (rows != claimed) {
            ByteBuffer header = NpyHeader.of(type, rows, columns);
            channel.position(0);
            while (header.hasRemaining()) {
                channel.write(header);
            }
            claimed = rows;
        }
    }

    /** Claims the complete rows, cuts off the rest and closes, each even if the one before failed. */
    @Override
    public void close() throws IOException {
        Closer lastInFirstOut = Closer.create();
        lastInFirstOut.register(channel);
        lastInFirstOut.register(() -> channel.truncate(NpyHeader.BYTES + claimed * rowBytes));
        lastInFirstOut.register(this::claim);
        lastInFirstOut.close();
    }
}
