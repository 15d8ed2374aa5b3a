/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo.data;

import com.google.common.testing.EqualsTester;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ImageShapeTest {

    @Test
    void size_shape_isTheProduct() {
        assertThat(ImageShape.of(3, 5, 7).size()).isEqualTo(105);
    }

    @Test
    void equals_shapes_comparesEveryNumber() {
        new EqualsTester()
                .addEqualityGroup(ImageShape.of(3, 4, 5), ImageShape.of(3, 4, 5))
                .addEqualityGroup(ImageShape.of(1, 4, 5))
                .addEqualityGroup(ImageShape.of(3, 5, 5))
                .addEqualityGroup(ImageShape.of(3, 4, 4))
                .testEquals();
    }

    @Test
    void of_emptyOrEnormous_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageShape.of(3, 0, 5))
                .withMessage(
                        "channels, height and width of an image must be >= 1 and their product < 2^31, got 3 x 0 x 5");
        assertThatIllegalArgumentException().isThrownBy(() -> ImageShape.of(3, 50_000, 50_000));
    }
}
