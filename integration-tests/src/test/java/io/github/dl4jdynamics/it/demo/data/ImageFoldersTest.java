/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ImageFoldersTest {
    private static final int CIFAR_RECORD = 3073;

    @TempDir
    Path folder;

    @Test
    void read_mnistPlainPackedAndDotted_givesImagesAndLabels() throws IOException {
        write("train-images-idx3-ubyte", idx(0x803, 3, 2, 2), range(0, 12));
        writePacked("train-labels-idx1-ubyte.gz", idx(0x801, 3), new byte[] {9, 0, 4});
        write("t10k-images.idx3-ubyte", idx(0x803, 1, 2, 2), range(250, 4));
        writePacked("t10k-labels.idx1-ubyte.gz", idx(0x801, 1), new byte[] {7});

        ImageData data = ImageFolders.read(folder);

        assertThat(data)
                .hasToString("IDX files in " + folder + ": 3 training and 1 test images of 1 x 2 x 2 in 10 classes");
        assertThat(data.classNames()).startsWith("0", "1").hasSize(10);
        assertThat(data.train().label(0)).isEqualTo(9);
        assertThat(data.train().label(2)).isEqualTo(4);
        assertThat(data.train().pixel(2, 0, 1, 0)).isEqualTo(10);
        assertThat(data.test().label(0)).isEqualTo(7);
        assertThat(data.test().pixel(0, 0, 1, 1)).isEqualTo(253);
    }

    @Test
    void read_cifar_givesImagesOfAllBatchesAndNames() throws IOException {
        writeCifar("data_batch_1.bin", 3, 1);
        writeCifar("data_batch_2.bin", 5);
        writeCifar("test_batch.bin", 9, 9);
        write("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n".getBytes());

        ImageData data = ImageFolders.read(folder);

        assertThat(data.shape()).isEqualTo(ImageShape.of(3, 32, 32));
        assertThat(data.train().size()).isEqualTo(3);
        assertThat(data.train().label(1)).isEqualTo(1);
        assertThat(data.train().label(2)).isEqualTo(5);
        assertThat(data.train().pixel(1, 2, 3, 4)).isEqualTo((1 + 2 * 1024 + 3 * 32 + 4) % 256);
        assertThat(data.test().size()).isEqualTo(2);
        assertThat(data.classNames()).startsWith("a").endsWith("j").hasSize(10);
    }

    @Test
    void read_cifarWithoutNames_usesTheUsualOnes() throws IOException {
        writeCifar("data_batch_1.bin", 3);
        writeCifar("test_batch.bin", 9);

        assertThat(ImageFolders.read(folder).classNames())
                .startsWith("airplane", "automobile")
                .endsWith("truck");
    }

    @Test
    void atMost_dataFromAFolder_cutsBothSplits() throws IOException {
        writeCifar("data_batch_1.bin", 3, 3, 3, 3, 4, 4);
        writeCifar("test_batch.bin", 9, 9, 9);

        ImageData data = ImageFolders.read(folder).atMost(4, 2, 1);

        assertThat(data.train().classCounts()).containsExactly(0, 0, 0, 2, 2, 0, 0, 0, 0, 0);
        assertThat(data.test().size()).isEqualTo(2);
    }

    @Test
    void read_noFolder_isRefused() throws IOException {
        assertRefused(folder.resolve("nowhere"), "the image data path must be a folder, got ", "which does not exist");
        write("a-file", new byte[1]);
        assertRefused(folder.resolve("a-file"), "which is a file; give the folder that holds it");
    }

    @Test
    void read_folderWithoutData_saysWhatWasLookedForAndFound() throws IOException {
        assertRefused(folder, "found an empty folder");
        for (int i = 10; i < 25; i++) {
            write("data_batch_" + i, new byte[1]);
        }
        assertRefused(
                folder,
                "no image data in " + folder,
                "looked for train-images-idx3-ubyte[.gz] (MNIST) and data_batch_1.bin (CIFAR-10, binary version)",
                "found data_batch_10, data_batch_11,",
                "data_batch_21 and 3 more",
                "unpack one of them there");
    }

    @Test
    void read_bothDataSets_isRefused() throws IOException {
        writeCifar("data_batch_1.bin", 3);
        write("t10k-images-idx3-ubyte", new byte[1]);

        assertRefused(folder, "both MNIST and CIFAR-10", "data_batch_1.bin, t10k-images-idx3-ubyte", "move one");
    }

    @Test
    void read_mnistFileMissing_namesIt() throws IOException {
        write("train-images-idx3-ubyte", idx(0x803, 1, 1, 1), new byte[1]);

        assertRefused(
                folder, "train-labels-idx1-ubyte[.gz] is missing", "found train-images-idx3-ubyte;", "add the file");
    }

    @Test
    void read_mnistWrongMagic_isRefused() throws IOException {
        mnist(idx(0x801, 1, 1, 1), new byte[1], new byte[1]);

        assertRefused(folder, "train-images-idx3-ubyte must begin with 0x00000803 (images of bytes), got 0x00000801");
    }

    @Test
    void read_mnistCutOff_isRefused() throws IOException {
        mnist(idx(0x803, 2, 2, 2), new byte[7], new byte[2]);
        assertRefused(
                folder, "train-images-idx3-ubyte must hold 8 bytes after its header, got 7;", "download it again");

        mnist(new byte[] {0, 0, 8}, new byte[0], new byte[2]);
        assertRefused(folder, "train-images-idx3-ubyte is cut off or damaged");
    }

    @Test
    void read_mnistTooLong_isRefused() throws IOException {
        mnist(idx(0x803, 2, 2, 2), new byte[9], new byte[2]);

        assertRefused(folder, "train-images-idx3-ubyte must hold 8 bytes after its header, got more");
    }

    @Test
    void read_mnistPackedFileDamaged_isRefused() throws IOException {
        writePacked("train-images-idx3-ubyte.gz", idx(0x803, 500, 2, 2), range(0, 2000));
        Path packed = folder.resolve("train-images-idx3-ubyte.gz");
        byte[] bytes = Files.readAllBytes(packed);

        Files.write(packed, Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(folder, "train-images-idx3-ubyte.gz is cut off or damaged", "download it again");

        Files.write(packed, new byte[100]);
        assertRefused(folder, "train-images-idx3-ubyte.gz is cut off or damaged (Not in GZIP format)");
    }

    @Test
    void read_mnistCountsDiffer_isRefused() throws IOException {
        mnist(idx(0x803, 2, 1, 1), new byte[2], new byte[3]);

        assertRefused(folder, "train-images-idx3-ubyte holds 2 images but", "holds 3 labels: they must be as many");
    }

    @Test
    void read_mnistHeaderImpossible_isRefused() throws IOException {
        mnist(idx(0x803, 0, 1, 1), new byte[0], new byte[0]);
        assertRefused(folder, "must hold at least 1 item, its header says 0");

        mnist(idx(0x803, Integer.MAX_VALUE, 28, 28), new byte[0], new byte[0]);
        assertRefused(folder, "announces 1683627179248 bytes, more than an array holds");
    }

    @Test
    void read_mnistLabelOutOfRange_isRefused() throws IOException {
        mnist(idx(0x803, 2, 1, 1), new byte[2], new byte[] {1, 10});

        assertRefused(folder, "label of image 1 in", "train-labels-idx1-ubyte must be 0 to 9, got 10");
    }

    @Test
    void read_mnistSplitsOfDifferentShape_isRefused() throws IOException {
        mnist(idx(0x803, 1, 2, 2), new byte[4], new byte[1]);
        write("t10k-images-idx3-ubyte", idx(0x803, 1, 3, 2), new byte[6]);
        write("t10k-labels-idx1-ubyte", idx(0x801, 1), new byte[1]);

        assertRefused(folder, "training and test images", "must have one shape, got 1 x 2 x 2 and 1 x 3 x 2");
    }

    @Test
    void read_cifarTestMissing_isRefused() throws IOException {
        writeCifar("data_batch_1.bin", 3);

        assertRefused(
                folder, "needs data_batch_<n>.bin and test_batch.bin, found data_batch_1.bin; add what is missing");
    }

    @Test
    void read_cifarCutOffOrEmpty_isRefused() throws IOException {
        writeCifar("test_batch.bin", 1);

        write("data_batch_1.bin", new byte[CIFAR_RECORD + 1]);
        assertRefused(folder, "data_batch_1.bin must be a multiple of 3073 bytes", "got 3074; it is cut off");

        write("data_batch_1.bin", new byte[0]);
        assertRefused(folder, "data_batch_1.bin must be a multiple of 3073 bytes", "got 0;");
    }

    @Test
    void read_cifarLabelOutOfRange_isRefused() throws IOException {
        writeCifar("data_batch_1.bin", 3, 200);
        writeCifar("test_batch.bin", 1);

        assertRefused(folder, "label of record 1 in", "data_batch_1.bin must be 0 to 9, got 200");
    }

    @Test
    void read_cifarNamesTooFew_isRefused() throws IOException {
        writeCifar("data_batch_1.bin", 3);
        writeCifar("test_batch.bin", 1);
        write("batches.meta.txt", "cat\ndog\n".getBytes());

        assertRefused(folder, "batches.meta.txt must name the 10 classes one per line, got [cat, dog]; remove it");
    }

    private static void assertRefused(Path folder, String... parts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageFolders.read(folder))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    /** Training files with these contents and good test files. */
    private void mnist(byte[] imageHeader, byte[] images, byte[] labels) throws IOException {
        write("train-images-idx3-ubyte", imageHeader, images);
        write("train-labels-idx1-ubyte", idx(0x801, labels.length), labels);
        write("t10k-images-idx3-ubyte", idx(0x803, 1, 1, 1), new byte[1]);
        write("t10k-labels-idx1-ubyte", idx(0x801, 1), new byte[1]);
    }

    /** One record per label; the pixels count up from the label. */
    private void writeCifar(String name, int... labels) throws IOException {
        ByteBuffer records = ByteBuffer.allocate(labels.length * CIFAR_RECORD);
        for (int label : labels) {
            records.put((byte) label).put(range(label, CIFAR_RECORD - 1));
        }
        write(name, records.array());
    }

    private static byte[] idx(int... header) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * header.length);
        Arrays.stream(header).forEach(buffer::putInt);
        return buffer.array();
    }

    private static byte[] range(int first, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (first + i);
        }
        return bytes;
    }

    private void write(String name, byte[]... parts) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
            for (byte[] part : parts) {
                out.write(part);
            }
        }
    }

    private void writePacked(String name, byte[]... parts) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            for (byte[] part : parts) {
                out.write(part);
            }
        }
    }
}
