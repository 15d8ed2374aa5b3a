/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca.nd4j;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static org.assertj.core.api.Assertions.assertThat;

class VectorComparisonTest {

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE", "HALF"})
    void areEqual_findsOneChangedElement(DataType type) {
        INDArray vector = Nd4j.linspace(1, 1001, 1001).castTo(type);

        assertThat(VectorComparison.areEqual(vector, vector.dup())).isTrue();
        for (int changed : new int[] {0, 500, 1000}) {
            INDArray other = vector.dup();
            other.putScalar(changed, -1);
            assertThat(VectorComparison.areEqual(vector, other)).isFalse();
            assertThat(VectorComparison.areEqual(other, vector)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void areEqual_viewsRowsAndNotNumbers(DataType type) {
        INDArray all = Nd4j.arange(1, 13).castTo(type).reshape(3, 4);
        INDArray middle = all.get(NDArrayIndex.point(1), NDArrayIndex.all());
        INDArray column = all.get(NDArrayIndex.all(), NDArrayIndex.point(1));
        INDArray nan = middle.dup();
        nan.putScalar(2, Double.NaN);

        assertThat(VectorComparison.areEqual(
                        middle, Nd4j.createFromArray(5.0, 6, 7, 8).castTo(type)))
                .isTrue();
        assertThat(VectorComparison.areEqual(middle.reshape(1, 4), middle.dup()))
                .isTrue();
        assertThat(VectorComparison.areEqual(
                        column, Nd4j.createFromArray(2.0, 6, 10).castTo(type)))
                .isTrue();
        assertThat(VectorComparison.areEqual(
                        column, Nd4j.createFromArray(2.0, 6, 11).castTo(type)))
                .isFalse();
        assertThat(VectorComparison.areEqual(nan, nan.dup())).isTrue();
        assertThat(VectorComparison.areEqual(nan, middle)).isFalse();
        assertThat(VectorComparison.areEqual(column, middle)).isFalse();
    }
}
