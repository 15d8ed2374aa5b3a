/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.google.common.collect.ImmutableList;

import static com.google.common.base.Preconditions.checkArgument;

/** A folder of four IDX files: training and test images and labels of MNIST or of a data set in its format. */
final class IdxFolder {
    static final String LOOKED_FOR = "train-images-idx3-ubyte[.gz]";

    private static final ImmutableList<String> DIGITS =
            IntStream.range(0, 10).mapToObj(Integer::toString).collect(ImmutableList.toImmutableList());

    private IdxFolder() {}

    static boolean isIn(Path folder) {
        return find(folder, "train-images-idx3-ubyte").isPresent()
                || find(folder, "t10k-images-idx3-ubyte").isPresent();
    }

    static ImageData read(Path folder) throws IOException {
        return ImageData.of("IDX files in " + folder, read(folder, "train"), read(folder, "t10k"));
    }

    private static PixelImages read(Path folder, String split) throws IOException {
        IdxFile images = IdxFile.readImages(existing(folder, split + "-images-idx3-ubyte"));
        IdxFile labels = IdxFile.readLabels(existing(folder, split + "-labels-idx1-ubyte"));
        checkArgument(
                images.count() == labels.count(),
                "%s holds %s images but %s holds %s labels: they must be as many; take both from one download",
                images.path(),
                images.count(),
                labels.path(),
                labels.count());
        int[] classes = new int[labels.count()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = Byte.toUnsignedInt(labels.bytes()[i]);
            checkArgument(
                    classes[i] < DIGITS.size(),
                    "label of image %s in %s must be 0 to 9, got %s; the file is damaged or of another data set",
                    i,
                    labels.path(),
                    classes[i]);
        }
        return new PixelImages(images.shape(), images.bytes(), classes, DIGITS);
    }

    private static Path existing(Path folder, String name) throws IOException {
        Optional<Path> file = find(folder, name);
        checkArgument(
                file.isPresent(),
                "%s[.gz] is missing in %s: MNIST is images and labels of train and t10k, found %s; add the file",
                name,
                folder.toAbsolutePath(),
                ImageFolders.contents(folder));
        return file.get();
    }

    /** The plain file or else the packed one; some unpackers write a dot for the hyphen before idx. */
    private static Optional<Path> find(Path folder, String name) {
        String dotted = name.replace("-idx", ".idx");
        return Stream.of(name, dotted, name + ".gz", dotted + ".gz")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
