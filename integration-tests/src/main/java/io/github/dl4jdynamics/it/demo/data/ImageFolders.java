/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static com.google.common.base.Preconditions.checkArgument;

/** Reads image data sets from folders on disk: MNIST in IDX files, CIFAR-10 in its binary version. */
public final class ImageFolders {
    private static final int NAMES_SHOWN = 12;

    private ImageFolders() {}

    /**
     * Reads the data set that the folder holds, found by its file names.
     *
     * <p>MNIST and data sets in its format: {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte},
     * {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}, plain or with {@code .gz}. CIFAR-10:
     * {@code data_batch_1.bin} and more, {@code test_batch.bin}, and {@code batches.meta.txt} if there. Takes one byte
     * of memory per value; {@link ImageData#atMost} makes the result smaller.
     *
     * @throws IllegalArgumentException if this is no folder, holds neither data set or both, or a file is missing, cut
     *     off or wrong inside; the message says what was looked for, what was found and what helps
     * @throws IOException if the disk fails
     */
    public static ImageData read(Path folder) throws IOException {
        checkArgument(
                Files.isDirectory(folder),
                "the image data path must be a folder, got %s, which %s",
                folder.toAbsolutePath(),
                Files.exists(folder) ? "is a file; give the folder that holds it" : "does not exist");
        boolean mnist = IdxFolder.isIn(folder);
        boolean cifar = CifarFolder.isIn(folder);
        checkArgument(
                mnist || cifar,
                "no image data in %s: looked for %s (MNIST) and %s (CIFAR-10, binary version), found %s; unpack one of"
                        + " them there, or give the folder that holds its files",
                folder.toAbsolutePath(),
                IdxFolder.LOOKED_FOR,
                CifarFolder.LOOKED_FOR,
                contents(folder));
        checkArgument(
                !(mnist && cifar),
                "both MNIST and CIFAR-10 files in %s: a folder must hold one data set, found %s; move one of them away",
                folder.toAbsolutePath(),
                contents(folder));
        return mnist ? IdxFolder.read(folder) : CifarFolder.read(folder);
    }

    /** Names in a folder, sorted, the first dozen. */
    static String contents(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            List<String> names = entries.map(entry -> entry.getFileName().toString())
                    .sorted()
                    .collect(Collectors.toList());
            if (names.isEmpty()) {
                return "an empty folder";
            }
            String shown = names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
            return names.size() <= NAMES_SHOWN ? shown : shown + " and " + (names.size() - NAMES_SHOWN) + " more";
        }
    }
}
