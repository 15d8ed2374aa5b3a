/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import com.google.common.collect.ImmutableList;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PixelImagesTest {
    private static final ImmutableList<String> NAMES = ImmutableList.of("a", "b", "c");

    @Test
    void pixel_anyIndex_readsChannelsRowsColumnsAsUnsigned() {
        byte[] bytes = new byte[2 * 2 * 3 * 4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (200 + i);
        }
        PixelImages images = new PixelImages(ImageShape.of(2, 3, 4), bytes, new int[] {1, 0}, NAMES);

        assertThat(images.pixel(0, 0, 0, 0)).isEqualTo(200);
        assertThat(images.pixel(0, 0, 0, 3)).isEqualTo(203);
        assertThat(images.pixel(0, 0, 2, 1)).isEqualTo(209);
        assertThat(images.pixel(0, 1, 0, 0)).isEqualTo(212);
        assertThat(images.pixel(1, 1, 2, 3)).isEqualTo(247);
    }

    @Test
    void pixel_outsideTheImage_isRefused() {
        PixelImages images = labelled(0, 1);

        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> images.pixel(0, 0, 0, 1))
                .withMessageContaining("column");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> images.pixel(2, 0, 0, 0))
                .withMessageContaining("image");
    }

    @Test
    void constructor_bytesOfAnotherSize_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PixelImages(ImageShape.of(1, 2, 2), new byte[7], new int[2], NAMES))
                .withMessage("pixels of 2 images of shape 1 x 2 x 2 must be 8 bytes, got 7");
    }

    @Test
    void balancedSubset_enoughOfEachClass_takesEquallyMany() {
        PixelImages images = labelled(0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2);

        assertThat(images.balancedSubset(6, 1).classCounts()).containsExactly(2, 2, 2);
        assertThat(images.balancedSubset(9, 1).classCounts()).containsExactly(3, 3, 3);
    }

    @Test
    void balancedSubset_oneClassScarce_fillsUpWithOthers() {
        PixelImages images = labelled(0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2);

        assertThat(images.balancedSubset(7, 1).classCounts()).containsExactly(3, 1, 3);
    }

    @Test
    void balancedSubset_sizesOfOneSeed_areNestedAndKeepImageAndLabelTogether() {
        PixelImages images = labelled(0, 1, 2, 0, 1, 2, 0, 1, 2);

        PixelImages five = images.balancedSubset(5, 3);
        PixelImages eight = images.balancedSubset(8, 3);

        for (int i = 0; i < 5; i++) {
            assertThat(five.pixel(i, 0, 0, 0)).isEqualTo(eight.pixel(i, 0, 0, 0));
        }
        for (int i = 0; i < 8; i++) {
            assertThat(eight.label(i)).isEqualTo(eight.pixel(i, 0, 0, 0) % 3);
        }
        assertThat(eight.pixels()).doesNotHaveDuplicates();
    }

    @Test
    void balancedSubset_otherSeed_choosesOthers() {
        PixelImages images = ShapeImages.generate(200, 10, 1).train();

        assertThat(images.balancedSubset(50, 1).pixels())
                .isEqualTo(images.balancedSubset(50, 1).pixels())
                .isNotEqualTo(images.balancedSubset(50, 2).pixels());
    }

    @Test
    void balancedSubset_sizeNotBelowTheWhole_isTheWhole() {
        PixelImages images = labelled(0, 1, 2);

        assertThat(images.balancedSubset(3, 1)).isSameAs(images);
        assertThat(images.balancedSubset(100, 1)).isSameAs(images);
    }

    @Test
    void balancedSubset_sizeZero_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> labelled(0).balancedSubset(0, 1))
                .withMessage("size of a subset of the images must be >= 1, got 0");
    }

    @Test
    void toString_images_countsThem() {
        assertThat(labelled(0, 1)).hasToString("2 images of 1 x 1 x 1 in 3 classes");
    }

    /** Images of one pixel, whose value is their index. */
    private static PixelImages labelled(int... labels) {
        byte[] pixels = new byte[labels.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) i;
        }
        return new PixelImages(ImageShape.of(1, 1, 1), pixels, labels, NAMES);
    }
}
