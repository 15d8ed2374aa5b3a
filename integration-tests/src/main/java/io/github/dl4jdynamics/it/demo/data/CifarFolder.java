/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.common.collect.ImmutableList;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * A folder of the binary version of CIFAR-10: {@code data_batch_<n>.bin}, {@code test_batch.bin}, class names in
 * {@code batches.meta.txt}. Records are one byte of label and 3 x 32 x 32 bytes of pixels.
 */
final class CifarFolder {
    static final String LOOKED_FOR = "data_batch_1.bin";

    private static final String TEST = "test_batch.bin";
    private static final String NAMES = "batches.meta.txt";
    private static final ImageShape SHAPE = ImageShape.of(3, 32, 32);
    private static final int RECORD = 1 + SHAPE.size();
    private static final ImmutableList<String> USUAL_NAMES =
            ImmutableList.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private CifarFolder() {}

    static boolean isIn(Path folder) throws IOException {
        return !trainFiles(folder).isEmpty() || Files.isRegularFile(folder.resolve(TEST));
    }

    static ImageData read(Path folder) throws IOException {
        List<Path> train = trainFiles(folder);
        Path test = folder.resolve(TEST);
        checkArgument(
                !train.isEmpty() && Files.isRegularFile(test),
                "CIFAR-10 in %s needs data_batch_<n>.bin and %s, found %s; add what is missing",
                folder.toAbsolutePath(),
                TEST,
                ImageFolders.contents(folder));
        ImmutableList<String> names = classNames(folder);
        return ImageData.of("CIFAR-10 in " + folder, images(train, names), images(List.of(test), names));
    }

    private static List<Path> trainFiles(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> entry.getFileName().toString().matches("data_batch_\\d+\\.bin"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private static PixelImages images(List<Path> files, ImmutableList<String> names) throws IOException {
        long total = 0;
        for (Path file : files) {
            total += records(file);
        }
        checkArgument(
                total * SHAPE.size() <= Integer.MAX_VALUE - 8,
                "%s hold %s images, more than an array holds; CIFAR-10 has 50,000, leave some files away",
                files,
                total);
        byte[] pixels = new byte[(int) total * SHAPE.size()];
        int[] labels = new int[(int) total];
        int image = 0;
        for (Path file : files) {
            byte[] records = Files.readAllBytes(file);
            for (int from = 0; from < records.length; from += RECORD) {
                labels[image] = label(file, from / RECORD, Byte.toUnsignedInt(records[from]));
                System.arraycopy(records, from + 1, pixels, image * SHAPE.size(), SHAPE.size());
                image++;
            }
        }
        return new PixelImages(SHAPE, pixels, labels, names);
    }

    private static long records(Path file) throws IOException {
        long bytes = Files.size(file);
        checkArgument(
                bytes > 0 && bytes % RECORD == 0,
                "%s must be a multiple of %s bytes (label and 3 x 32 x 32 pixels), got %s; it is cut off or not the"
                        + " binary version, download it again",
                file,
                RECORD,
                bytes);
        return bytes / RECORD;
    }

    private static int label(Path file, int record, int label) {
        checkArgument(
                label < USUAL_NAMES.size(),
                "label of record %s in %s must be 0 to 9, got %s; the file is damaged or not CIFAR-10",
                record,
                file,
                label);
        return label;
    }

    private static ImmutableList<String> classNames(Path folder) throws IOException {
        Path file = folder.resolve(NAMES);
        if (!Files.isRegularFile(file)) {
            return USUAL_NAMES;
        }
        ImmutableList<String> names = Files.readAllLines(file).stream()
                .map(String::trim)
                .filter(line -> !line.isEmpty())
                .collect(ImmutableList.toImmutableList());
        checkArgument(
                names.size() == USUAL_NAMES.size(),
                "%s must name the %s classes one per line, got %s; remove it to use the usual names",
                file,
                USUAL_NAMES.size(),
                names);
        return names;
    }
}
