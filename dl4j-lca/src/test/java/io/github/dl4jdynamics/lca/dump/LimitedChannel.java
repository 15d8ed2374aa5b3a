/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** A channel on a disk of limited size; what is on it already can be written over. */
final class LimitedChannel implements SeekableByteChannel {
    private final SeekableByteChannel disk;
    private final long limit;

    LimitedChannel(SeekableByteChannel disk, long limit) {
        this.disk = disk;
        this.limit = limit;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        long free = limit - disk.position();
        if (free <= 0) {
            throw new IOException("No space left on device");
        }
        // As a real one does: some of it first, the exception at the next call.
        ByteBuffer part = source.duplicate();
        part.limit(source.position() + (int) Math.min(free, source.remaining()));
        int n = disk.write(part);
        source.position(source.position() + n);
        return n;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return disk.read(target);
    }

    @Override
    public long position() throws IOException {
        return disk.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        disk.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return disk.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        disk.truncate(size);
        return this;
    }

    @Override
    public boolean isOpen() {
        return disk.isOpen();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
