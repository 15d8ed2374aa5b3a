/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;

import com.google.common.collect.ImmutableList;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class ImageBatchesTest {
    private static final ImageData DATA = ShapeImages.generate(70, 30, 11);

    @Test
    void next_batch_hasImagesAndOneHotLabels() {
        DataSet batch = DATA.testBatches(12).next();

        assertThat(batch.getFeatures().shape()).containsExactly(12, 3, 32, 32);
        assertThat(batch.getLabels().shape()).containsExactly(12, 10);
        assertThat(batch.getFeatures().dataType()).isEqualTo(DataType.FLOAT);
        for (int i = 0; i < 12; i++) {
            assertThat(batch.getLabels().getRow(i).sumNumber().doubleValue()).isEqualTo(1);
            assertThat(batch.getLabels().getDouble(i, DATA.test().label(i))).isEqualTo(1);
        }
    }

    @Test
    void trainSet_eachChannel_hasMeanZeroAndVarianceOne() {
        INDArray images = DATA.trainSet().getFeatures();

        assertThat(images.mean(0, 2, 3).toDoubleVector()).containsExactly(new double[3], within(1e-4));
        assertThat(images.var(false, 0, 2, 3).toDoubleVector()).containsExactly(new double[] {1, 1, 1}, within(1e-3));
    }

    @Test
    void testSet_pixels_useTheStatisticsOfTheTrainingImages() {
        ImageShape shape = ImageShape.of(2, 1, 2);
        ImmutableList<String> names = ImmutableList.of("a", "b");
        PixelImages train = new PixelImages(shape, bytes(0, 100, 7, 7, 0, 100, 7, 7), new int[] {0, 1}, names);
        PixelImages test = new PixelImages(shape, bytes(50, 250, 7, 9), new int[] {1}, names);

        float[] standardized = ImageData.of("by hand", train, test)
                .testSet()
                .getFeatures()
                .ravel()
                .toFloatVector();

        assertThat(standardized)
                .as("(p - 50) / 50, and 0 for the constant channel")
                .containsExactly(0, 4, 0, 0);
    }

    @Test
    void pass_oneAfterTheOther_visitsEveryImageOnceInAnotherOrder() {
        ImageBatches batches = DATA.trainBatches(16, 4);

        List<List<String>> passes = new ArrayList<>();
        for (int pass = 0; pass < 3; pass++) {
            passes.add(visited(batches));
            batches.reset();
        }

        assertThat(passes.get(0)).hasSize(70).doesNotHaveDuplicates();
        assertThat(passes.get(1)).containsExactlyInAnyOrderElementsOf(passes.get(0));
        assertThat(passes.get(2)).containsExactlyInAnyOrderElementsOf(passes.get(0));
        assertThat(passes).doesNotHaveDuplicates();
    }

    @Test
    void pass_sameSeed_isTheSameWithAndWithoutSpareResets() {
        ImageBatches plain = DATA.trainBatches(16, 4);
        ImageBatches spare = DATA.trainBatches(16, 4);

        for (int pass = 0; pass < 3; pass++) {
            spare.reset();
            spare.reset();
            assertThat(visited(spare)).isEqualTo(visited(plain));
            plain.reset();
        }
        assertThat(visited(DATA.trainBatches(16, 5))).isNotEqualTo(visited(DATA.trainBatches(16, 4)));
    }

    @Test
    void reset_withinAPass_startsTheNextPass() {
        ImageBatches whole = DATA.trainBatches(16, 4);
        ImageBatches broken = DATA.trainBatches(16, 4);

        visited(whole);
        whole.reset();
        broken.next();
        broken.reset();

        assertThat(visited(broken)).isEqualTo(visited(whole));
    }

    @Test
    void testBatches_everyPass_keepsTheOrderOfTheImages() {
        ImageBatches batches = DATA.testBatches(7);

        List<String> first = visited(batches);
        batches.reset();

        assertThat(visited(batches)).isEqualTo(first);
        assertThat(first.get(3)).isEqualTo(key(DATA.testSet().getFeatures(), 3));
    }

    @Test
    void next_lastBatch_holdsTheRest() {
        ImageBatches batches = DATA.trainBatches(16, 1);

        List<Integer> sizes = new ArrayList<>();
        batches.forEachRemaining(batch -> sizes.add(batch.numExamples()));

        assertThat(sizes).containsExactly(16, 16, 16, 16, 6).hasSize(batches.batchesPerPass());
    }

    @Test
    void next_afterTheLast_isRefused() {
        ImageBatches batches = DATA.testBatches(30);
        batches.next();

        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(batches::next)
                .withMessage("all 30 images of this pass are used up; call reset()");
    }

    @Test
    void batchSize_zero_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DATA.testBatches(0))
                .withMessage("batchSize of the image batches must be >= 1, got 0");
    }

    @Test
    void preProcessor_set_seesEveryBatch() {
        ImageBatches batches = DATA.testBatches(10);

        batches.setPreProcessor(batch -> batch.getFeatures().assign(5));

        assertThat(batches.next().getFeatures().meanNumber().doubleValue()).isEqualTo(5);
    }

    @Test
    void augmented_shifts_moveEachImageByAFewPixelsAnewInEachPass() {
        ImageBatches batches = DATA.testBatches(30).augmented(Augmentation.shifts(2));
        INDArray plain = DATA.testSet().getFeatures();

        INDArray first = batches.next().getFeatures();
        batches.reset();
        INDArray second = batches.next().getFeatures();

        int moved = 0;
        for (int i = 0; i < 30; i++) {
            assertThat(shifts(plain, first, i, false)).as("image %s", i).isNotEmpty();
            moved += key(first, i).equals(key(second, i)) ? 0 : 1;
        }
        assertThat(moved).isBetween(25, 30);
        assertThat(DATA.testBatches(30).augmented(Augmentation.shifts(2)).next().getFeatures())
                .isEqualTo(first);
    }

    @Test
    void augmented_mirror_swapsLeftAndRightInHalfOfTheImages() {
        INDArray plain = DATA.trainSet().getFeatures();

        INDArray changed = ImageBatches.inOrder(DATA.train(), Standardization.of(DATA.train()), 70)
                .augmented(Augmentation.shifts(1).andMirror())
                .next()
                .getFeatures();

        int mirrored = 0;
        for (int i = 0; i < 70; i++) {
            boolean straight = !shifts(plain, changed, i, false).isEmpty();
            boolean swapped = !shifts(plain, changed, i, true).isEmpty();
            assertThat(straight).as("image %s", i).isNotEqualTo(swapped);
            mirrored += swapped ? 1 : 0;
        }
        assertThat(mirrored).isBetween(20, 50);
    }

    @Test
    void augmentation_settings_areCheckedAndPrinted() {
        assertThat(Augmentation.shifts(2).andMirror()).hasToString("shifts up to 2 pixels, mirrored");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Augmentation.shifts(0))
                .withMessage("maxShift must be >= 1 pixel, got 0; none() leaves images as they are");
    }

    /** Shifts that turn the plain image into the changed one away from the edges, by trying all. */
    private static List<String> shifts(INDArray plain, INDArray changed, int image, boolean mirrored) {
        float[][][] from = image(plain, image);
        float[][][] to = image(changed, image);
        List<String> found = new ArrayList<>();
        for (int down = -2; down <= 2; down++) {
            for (int right = -2; right <= 2; right++) {
                boolean same = true;
                for (int c = 0; c < 3; c++) {
                    for (int row = 2; row < 30; row++) {
                        for (int column = 2; column < 30; column++) {
                            int source = column + right;
                            float expected = from[c][row + down][mirrored ? 31 - source : source];
                            same &= to[c][row][column] == expected;
                        }
                    }
                }
                if (same) {
                    found.add(down + " down, " + right + " right");
                }
            }
        }
        return found;
    }

    private static float[][][] image(INDArray images, int index) {
        float[] values = images.slice(index).ravel().toFloatVector();
        float[][][] image = new float[3][32][];
        for (int c = 0; c < 3; c++) {
            for (int row = 0; row < 32; row++) {
                int from = (c * 32 + row) * 32;
                image[c][row] = Arrays.copyOfRange(values, from, from + 32);
            }
        }
        return image;
    }

    private static List<String> visited(ImageBatches batches) {
        List<String> keys = new ArrayList<>();
        batches.forEachRemaining(batch -> {
            for (int i = 0; i < batch.numExamples(); i++) {
                keys.add(key(batch.getFeatures(), i));
            }
        });
        return keys;
    }

    private static String key(INDArray images, int index) {
        return Integer.toHexString(Arrays.hashCode(images.slice(index).ravel().toFloatVector()));
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
