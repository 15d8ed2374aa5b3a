/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * One file in the IDX format of LeCun's MNIST page: a magic number (type 8 = unsigned byte, number of dimensions), the
 * dimensions as big-endian 32-bit numbers, the bytes.
 */
final class IdxFile {
    private static final int IMAGES_MAGIC = 0x00000803;
    private static final int LABELS_MAGIC = 0x00000801;

    private final Path path;
    private final int count;
    private final ImageShape shape;
    private final byte[] bytes;

    private IdxFile(Path path, int count, ImageShape shape, DataInputStream in) throws IOException {
        this.path = path;
        this.count = count;
        this.shape = shape;
        this.bytes = payload(path, (long) count * shape.size(), in);
    }

    static IdxFile readImages(Path path) throws IOException {
        return read(path, IMAGES_MAGIC);
    }

    static IdxFile readLabels(Path path) throws IOException {
        return read(path, LABELS_MAGIC);
    }

    private static IdxFile read(Path path, int magic) throws IOException {
        try (DataInputStream in = open(path)) {
            int found = in.readInt();
            checkArgument(
                    found == magic,
                    "%s must begin with 0x%s (%s of bytes), got 0x%s; it is no such IDX file, or still packed",
                    path,
                    String.format("%08x", magic),
                    magic == IMAGES_MAGIC ? "images" : "labels",
                    String.format("%08x", found));
            int count = in.readInt();
            checkArgument(count >= 1, "%s must hold at least 1 item, its header says %s", path, count);
            ImageShape shape =
                    magic == IMAGES_MAGIC ? ImageShape.of(1, in.readInt(), in.readInt()) : ImageShape.of(1, 1, 1);
            return new IdxFile(path, count, shape, in);
        } catch (EOFException | ZipException e) {
            throw new IllegalArgumentException(
                    path + " is cut off or damaged (" + e.getMessage() + "); download it again", e);
        }
    }

    private static DataInputStream open(Path path) throws IOException {
        InputStream file = new BufferedInputStream(Files.newInputStream(path));
        try {
            return new DataInputStream(path.toString().endsWith(".gz") ? new GZIPInputStream(file) : file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static byte[] payload(Path path, long expected, DataInputStream in) throws IOException {
        checkArgument(
                expected <= Integer.MAX_VALUE - 8,
                "%s announces %s bytes, more than an array holds: the header is damaged; download it again",
                path,
                expected);
        byte[] bytes = in.readNBytes((int) expected);
        checkArgument(
                bytes.length == expected && in.read() < 0,
                "%s must hold %s bytes after its header, got %s; it is cut off or damaged, download it again",
                path,
                expected,
                bytes.length == expected ? "more" : bytes.length);
        return bytes;
    }

    Path path() {
        return path;
    }

    int count() {
        return count;
    }

    /** Shape of one item; labels are 1 x 1 x 1. */
    ImageShape shape() {
        return shape;
    }

    byte[] bytes() {
        return bytes;
    }
}
