/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.dump;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DumpedArrayTest {
    @Test
    void build_allSet_holdsThem() {
        long[] shape = {3, 4};
        DumpedArray array = DumpedArray.builder()
                .name("0_W")
                .layer("dense")
                .key("W")
                .order('f')
                .shape(shape)
                .build();
        shape[0] = 99;
        array.shape()[1] = 99;

        assertThat(array.shape()).containsExactly(3, 4);
        assertThat(array.length()).isEqualTo(12);
        assertThat(array).hasToString("DumpedArray{name=0_W, layer=dense, key=W, order=f, shape=[3, 4]}");
    }

    @Test
    void build_somethingMissing_isRefusedByName() {
        DumpedArray.Builder builder =
                DumpedArray.builder().name("0_W").layer("dense").key("W");

        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessage("order of dumped array '0_W' must be set, got nothing; call order(..)");
        assertThatIllegalArgumentException()
                .isThrownBy(builder.order('c')::build)
                .withMessage("shape of dumped array '0_W' must be set, got nothing; call shape(..)");
        assertThatIllegalArgumentException()
                .isThrownBy(DumpedArray.builder()::build)
                .withMessage("name of dumped array 'null' must be set, got nothing; call name(..)");
    }

    @Test
    void order_anotherLetter_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DumpedArray.builder().name("0_W").order('F'))
                .withMessage("order of dumped array '0_W' must be 'c' or 'f', got 'F'; take ordering() of the array");
    }

    @Test
    void shape_noValuesOrTooMany_isRefused() {
        long[][] shapes = {{}, {0}, {3, -1}, {-1, -1}, {1L << 40, 2}, {1L << 62, 1L << 62}, {0, 5}};

        for (long[] shape : shapes) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DumpedArray.builder().name("0_W").shape(shape))
                    .withMessageStartingWith("shape of dumped array '0_W' must hold 1 to 2^40 values, got [");
        }
    }
}
