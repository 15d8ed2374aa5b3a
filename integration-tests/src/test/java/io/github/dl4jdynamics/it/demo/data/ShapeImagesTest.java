/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ShapeImagesTest {

    @Test
    void generate_oneSeed_drawsTheSamePixelsEverywhere() {
        ImageData data = ShapeImages.generate(200, 100, 7);

        assertThat(checksum(data.train())).isEqualTo(0x4af6aaa0L);
        assertThat(checksum(data.test())).isEqualTo(0x44b7cdf1L);
    }

    @Test
    void generate_moreImages_beginsWithTheFewer() {
        PixelImages fewer = ShapeImages.generate(23, 10, 5).train();
        PixelImages more = ShapeImages.generate(50, 10, 5).train();

        assertThat(more.pixels()).startsWith(fewer.pixels());
        assertThat(labels(more)).startsWith(labels(fewer));
    }

    @Test
    void generate_trainingAndTest_shareNoImage() {
        ImageData data = ShapeImages.generate(300, 300, 5);

        Set<ByteBuffer> distinct = new HashSet<>(images(data.train()));
        distinct.addAll(images(data.test()));

        assertThat(distinct).hasSize(600);
    }

    @Test
    void generate_otherSeed_drawsOthers() {
        ImageData one = ShapeImages.generate(10, 10, 1);
        ImageData two = ShapeImages.generate(10, 10, 2);

        assertThat(images(one.train())).doesNotContainAnyElementsOf(images(two.train()));
    }

    @Test
    void generate_anySize_isBalancedAndShuffled() {
        PixelImages images = ShapeImages.generate(204, 10, 3).train();

        assertThat(images.classCounts()).containsOnly(20, 21).hasSize(10);
        Set<ByteBuffer> turns = new HashSet<>();
        for (int i = 0; i < 200; i += 10) {
            byte[] turn = new byte[10];
            for (int j = 0; j < 10; j++) {
                turn[j] = (byte) images.label(i + j);
            }
            turns.add(ByteBuffer.wrap(turn));
        }
        assertThat(turns).as("orders of the ten classes").hasSize(20);
    }

    @Test
    void generate_anyClass_hasAllColoursAndPlaces() {
        PixelImages images = ShapeImages.generate(1000, 10, 3).train();
        int[][] darkest = new int[10][3];
        int[][] brightest = new int[10][3];
        Arrays.stream(darkest).forEach(channel -> Arrays.fill(channel, 255));

        for (int i = 0; i < images.size(); i++) {
            for (int c = 0; c < 3; c++) {
                int centre = images.pixel(i, c, 16, 16);
                darkest[images.label(i)][c] = Math.min(darkest[images.label(i)][c], centre);
                brightest[images.label(i)][c] = Math.max(brightest[images.label(i)][c], centre);
            }
        }

        assertThat(Stream.of(darkest).flatMapToInt(IntStream::of)).allMatch(level -> level < 70);
        assertThat(Stream.of(brightest).flatMapToInt(IntStream::of)).allMatch(level -> level > 200);
    }

    @Test
    void generate_data_describesItself() {
        ImageData data = ShapeImages.generate(20, 10, 9);

        assertThat(data)
                .hasToString("procedural shapes, seed 9: 20 training and 10 test images of 3 x 32 x 32 in 10 classes");
        assertThat(data.classNames())
                .containsExactly(
                        "disc",
                        "ring",
                        "square",
                        "triangle",
                        "cross",
                        "star",
                        "stripes",
                        "checkerboard",
                        "dots",
                        "spiral");
    }

    @Test
    void generate_lessThanOneImagePerClass_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ShapeImages.generate(100, 9, 1))
                .withMessage("testSize of the procedural shapes must be between 10 (one image per class) and 699050,"
                        + " got 9");
    }

    private static long checksum(PixelImages images) {
        CRC32 crc = new CRC32();
        crc.update(images.pixels());
        for (int label : labels(images)) {
            crc.update(label);
        }
        return crc.getValue();
    }

    private static int[] labels(PixelImages images) {
        int[] labels = new int[images.size()];
        Arrays.setAll(labels, images::label);
        return labels;
    }

    private static Set<ByteBuffer> images(PixelImages images) {
        Set<ByteBuffer> set = new HashSet<>();
        for (int i = 0; i < images.size(); i++) {
            set.add(ByteBuffer.wrap(
                    images.pixels(), images.offset(i), images.shape().size()));
        }
        return set;
    }
}
