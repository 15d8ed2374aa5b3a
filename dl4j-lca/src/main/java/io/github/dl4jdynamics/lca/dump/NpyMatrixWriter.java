/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.Closeable;
import java.io.Flushable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import com.google.common.io.Closer;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/**
 * Streams a matrix {@code [T, K]}, row by row, into a {@code .npy} file that NumPy reads with {@code numpy.load(file,
 * mmap_mode='r')}; T need not be known beforehand.
 *
 * <p>A row may come in pieces of any length and is complete after K numbers. The file is readable at every moment: its
 * header never claims a row that has not been handed to the operating system, and it is rewritten after each full
 * buffer, at each {@link #flush()} and by {@link #close()}. A process that is killed loses what came after the last of
 * these; a power failure may lose more, as nothing is forced to the disk. An incomplete last row is cut off by {@link
 * #close()}.
 *
 * <p>After an {@link IOException} the file keeps the complete rows written before it, and only {@link #close()} is of
 * use. So it is when a thread is interrupted while it writes, which closes the file.
 *
 * <p>Cost: one copy of the numbers; memory of {@code min(4 MiB, 1024 rows)}, outside the heap; {@code 128 + T K b}
 * bytes on disk, b = 4 or 8, which may exceed 2 GiB. Not safe for use by several threads at once.
 *
 * @since 0.1.0
 */
public final class NpyMatrixWriter implements Closeable, Flushable {
    /** Largest K: 2^40. */
    static final long MAX_COLUMNS = 1L << 40;

    private static final int MAX_BUFFER_BYTES = 4 << 20;
    private static final int ROWS_PER_BUFFER = 1024;

    // Numbers taken so far are those in the file and those in the buffer:
    // values * type.bytes() = file.written() + buffer.position().
    private final NpyFile file;
    private final String name;
    private final NpyType type;
    private final long columns;
    private final ByteBuffer buffer;
    private long values;
    private boolean failed;
    private boolean closed;

    NpyMatrixWriter(SeekableByteChannel channel, String name, NpyType type, long columns) throws IOException {
        this.name = name;
        this.type = type;
        this.columns = columns;
        int capacity = (int) Math.min(MAX_BUFFER_BYTES, columns * type.bytes() * ROWS_PER_BUFFER);
        buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        file = new NpyFile(channel, type, columns);
    }

    /**
     * Makes a new file with a matrix of zero rows.
     *
     * @param file the file, which must not exist; its folder must
     * @param type how the numbers are stored
     * @param columns K, 1 to 2^40
     * @return a writer at row 0
     * @throws IllegalArgumentException if {@code columns} is out of range
     * @throws java.nio.file.FileAlreadyExistsException if the file exists
     * @throws IOException if the file cannot be written
     */
    public static NpyMatrixWriter create(Path file, NpyType type, long columns) throws IOException {
        checkArgument(
                columns >= 1 && columns <= MAX_COLUMNS,
                "columns of %s must be 1 to 2^40, got %s; a matrix without columns needs no file",
                file,
                columns);
        SeekableByteChannel channel =
                Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            return new NpyMatrixWriter(channel, file.toString(), type, columns);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Appends numbers to the row begun; those beyond its end begin the next ones.
     *
     * @param piece numbers in the order of the columns
     * @param from index of the first one to take
     * @param length how many to take, 0 or more
     * @throws IllegalArgumentException if {@code from} and {@code length} do not lie inside {@code piece}
     * @throws IllegalStateException if the writer is closed or has failed
     * @throws IOException if the file cannot be written
     */
    public void append(double[] piece, int from, int length) throws IOException {
        checkPiece(piece.length, from, length);
        for (int next = from, end = from + length; next < end; ) {
            int n = Math.min(end - next, buffer.remaining() / type.bytes());
            if (type == NpyType.FLOAT64) {
                buffer.asDoubleBuffer().put(piece, next, n);
                buffer.position(buffer.position() + n * Double.BYTES);
            } else {
                for (int i = next; i < next + n; i++) {
                    buffer.putFloat((float) piece[i]);
                }
            }
            next += n;
            taken(n);
        }
    }

    private void checkPiece(int size, int from, int length) {
        checkUsable();
        checkArgument(
                from >= 0 && length >= 0 && length <= size - from,
                "a piece for %s must lie inside its array of length %s, got %s numbers from index %s",
                name,
                size,
                length,
                from);
    }

    private void taken(int n) throws IOException {
        values += n;
        if (!buffer.hasRemaining()) {
            flush();
        }
    }

    /**
     * Complete rows so far, also those that wait in the buffer.
     *
     * @return number of rows, 0 or more
     */
    public long rows() {
        return values / columns;
    }

    /**
     * Drops all that came after the first rows, complete or not; the next number begins row {@code rows}.
     *
     * @param rows how many rows to keep, 0 to {@link #rows()}
     * @throws IllegalArgumentException if {@code rows} is out of range
     * @throws IllegalStateException if the writer is closed or has failed
     * @throws IOException if the file cannot be written
     */
    public void truncate(long rows) throws IOException {
        checkUsable();
        checkArgument(
                rows >= 0 && rows <= rows(),
                "rows to keep of %s must be 0 to %s, the complete ones, got %s",
                name,
                rows(),
                rows);
        values = rows * columns;
        long keep = values * type.bytes();
        buffer.position((int) Math.max(0, keep - file.written()));
        if (file.written() > keep) {
            failed = true; // until all went well
            file.rewind(keep);
            failed = false;
        }
    }

    /**
     * Hands all numbers to the operating system and counts the complete rows in the header.
     *
     * @throws IllegalStateException if the writer is closed or has failed
     * @throws IOException if the file cannot be written
     */
    @Override
    public void flush() throws IOException {
        checkUsable();
        failed = true;
        drain();
        file.claim();
        failed = false;
    }

    private void drain() throws IOException {
        buffer.flip();
        file.append(buffer);
        buffer.clear();
    }

    private void checkUsable() {
        checkState(!closed, "the writer of %s must be open, got a closed one; write a new file", name);
        checkState(!failed, "the writer of %s failed before and lost numbers; close it and write a new file", name);
    }

    /**
     * Writes what is left, cuts off an incomplete last row and closes the file. A second call does nothing.
     *
     * @throws IOException if the file cannot be written; it is closed nevertheless
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        Closer lastInFirstOut = Closer.create();
        lastInFirstOut.register(file);
        if (!failed) {
            lastInFirstOut.register(this::drain);
        }
        lastInFirstOut.close();
    }
}
