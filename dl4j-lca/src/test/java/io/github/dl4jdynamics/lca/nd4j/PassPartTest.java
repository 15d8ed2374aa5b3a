/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

class PassPartTest {
    private static final int LENGTH = 16 * StepPiece.SIZE;

    /** Three layers of different sizes; the last one shares its units with an array of its own in front. */
    private static final List<UnitSlice> SLICES = List.of(
            new UnitSlice(0, 0, LENGTH / 2, LENGTH / 256, 128, 0),
            new UnitSlice(1, LENGTH / 2, LENGTH - 20, 1, 7, 128),
            new UnitSlice(2, LENGTH - 20, LENGTH - 10, 1, 10, 135),
            new UnitSlice(3, LENGTH - 10, LENGTH, 1, 10, 135));

    @Test
    void sums_areOfTheUnitsThatAPartReaches() {
        List<PassPart> parts = PassPart.split(SLICES, 4, Nd4j.zeros(DataType.FLOAT, LENGTH));

        assertThat(parts).hasSize(4);
        assertThat(parts).extracting(part -> part.sums.units().length).containsExactly(64, 64, 7, 17);
        assertThat(parts).extracting(part -> part.sums.arrays().length).containsExactly(1, 1, 1, 3);
    }

    @Test
    void sumsOfParts_areThoseOfOne() {
        INDArray theta = Nd4j.zeros(DataType.DOUBLE, LENGTH);
        INDArray next = Nd4j.ones(DataType.DOUBLE, LENGTH);
        INDArray gradient = Nd4j.arange(LENGTH).castTo(DataType.DOUBLE);
        PathSegment segment = new PathSegment(theta, next, gradient, 1, gradient, 0);

        AllocationSums whole = sums(segment, 1, theta.ulike());
        AllocationSums parted = sums(segment, 4, theta.ulike());

        // Whole numbers, which all orders of summation add up alike.
        assertThat(parted.arrays()).isEqualTo(whole.arrays()).doesNotContain(0);
        assertThat(parted.units()).isEqualTo(whole.units()).hasSize(145).doesNotContain(0);
        assertThat(parted.hurt()).isEqualTo(whole.hurt()).containsExactly(LENGTH / 2 - 1, LENGTH / 2 - 20, 10, 10);
        assertThat(parted.helped()).containsOnly(0);
    }

    private static AllocationSums sums(PathSegment segment, int count, INDArray scratch) {
        AllocationSums sums = new AllocationSums(4, 145);
        ParameterTotals totals = new ParameterTotals(DataType.DOUBLE, LENGTH, true);
        totals.beginStep();
        for (PassPart part : PassPart.split(SLICES, count, scratch)) {
            part.eachPiece(segment, (slice, position, n) -> {
                part.addUp(slice, position, n);
                part.book(slice, totals);
            });
            part.drainTo(sums);
        }
        return sums;
    }
}
