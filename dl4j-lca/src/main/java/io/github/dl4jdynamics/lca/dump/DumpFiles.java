/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import com.google.common.collect.ImmutableList;
import com.google.common.io.Closer;

/** The four files of an {@link AllocationDump}. */
final class DumpFiles implements Closeable {
    private static final ImmutableList<String> NAMES =
            ImmutableList.of(DumpIndex.INDEX, DumpIndex.ALLOCATIONS, DumpIndex.STEPS, DumpIndex.LOSS);

    private final Path folder;
    // Last in, first out: the loss is flushed and closed last, so that it never has more rows than the others.
    private final Closer writers = Closer.create();
    private final NpyMatrixWriter loss;
    private final NpyMatrixWriter steps;
    private final NpyMatrixWriter allocations;

    DumpFiles(Path folder, DumpIndex index) throws IOException {
        this.folder = folder;
        make(folder);
        try {
            loss = open(DumpIndex.LOSS, NpyType.FLOAT64, 3);
            steps = open(DumpIndex.STEPS, NpyType.FLOAT64, 2);
            allocations = open(DumpIndex.ALLOCATIONS, NpyType.FLOAT32, index.columns());
            index.write(folder);
        } catch (IOException | RuntimeException | Error e) {
            writers.close();
            throw e;
        }
    }

    private NpyMatrixWriter open(String name, NpyType type, long columns) throws IOException {
        return writers.register(NpyMatrixWriter.create(folder.resolve(name), type, columns));
    }

    static void make(Path folder) throws IOException {
        try {
            if (!Files.isDirectory(folder)) { // a link to one is refused by createDirectories of older Java releases
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new IOException(unusable(folder, "cannot be made: " + e), e);
        }
        if (!Files.isWritable(folder)) {
            throw new IOException(unusable(folder, "cannot be written to"));
        }
    }

    private static String unusable(Path folder, String why) {
        return "the folder of a dump must be one that can be made and written to, got " + folder + ", which " + why
                + "; choose another folder, or change its permissions";
    }

    static void refuseEarlier(Path folder) throws FileAlreadyExistsException {
        for (String name : NAMES) {
            Path file = folder.resolve(name);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(
                        file.toString(),
                        null,
                        "the folder of a dump must hold no file of an earlier one; choose another folder, or delete its "
                                + NAMES);
            }
        }
    }

    static void deleteEarlier(Path folder) throws IOException {
        // Deleted, not emptied: a reader that has mapped the old file would crash when it shrinks.
        for (String name : NAMES) {
            Files.deleteIfExists(folder.resolve(name));
        }
    }

    NpyMatrixWriter allocations() {
        return allocations;
    }

    /** Steps that have ended. */
    long steps() {
        return loss.rows();
    }

    void end(double[] step, double[] losses) throws IOException {
        allocations.flush();
        steps.append(step, 0, step.length);
        steps.flush();
        loss.append(losses, 0, losses.length);
        loss.flush();
    }

    @Override
    public void close() throws IOException {
        writers.close();
    }

    /** The folder. */
    @Override
    public String toString() {
        return folder.toString();
    }
}
