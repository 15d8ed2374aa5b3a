/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.nd4j;

import io.github.dl4jdynamics.ghostbn.math.GroupMoments;
import io.github.dl4jdynamics.ghostbn.nd4j.GroupedRows.Segment;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Statistics and affine map of a segment's groups as arrays [groups, 1, channels, 1], which broadcast over its values. */
final class SegmentStatistics {
    private final Segment segment;
    private final int channels;
    private final DataType type;
    private final INDArray mean;
    private final INDArray inverseDeviation;
    private final INDArray scale;
    private final INDArray shift;
    private final INDArray inverseWeight;

    SegmentStatistics(Segment segment, GroupMoments moments, Affine affine, double eps, DataType type) {
        this.segment = segment;
        this.channels = moments.channels();
        this.type = type;
        this.mean = array(moments::mean);
        this.inverseDeviation = array((k, c) -> moments.inverseDeviation(k, c, eps));
        this.scale = array((k, c) -> affine.gamma(c) * moments.inverseDeviation(k, c, eps));
        this.shift = array((k, c) -> affine.beta(c));
        this.inverseWeight = array((k, c) -> moments.weight(k, c) == 0 ? 0 : 1 / moments.weight(k, c));
    }

    /** {@code gamma xhat + beta}. */
    INDArray normalise(INDArray values) {
        return values.sub(mean).muli(scale).addi(shift);
    }

    /** {@code xhat}. */
    INDArray normal(INDArray values) {
        return values.sub(mean).muli(inverseDeviation);
    }

    /** {@code gamma s}. */
    INDArray scale() {
        return scale;
    }

    /** {@code 1 / sum w}, or 0 where there is no weight. */
    INDArray inverseWeight() {
        return inverseWeight;
    }

    private interface Number {
        double of(int group, int channel);
    }

    private INDArray array(Number number) {
        double[] numbers = new double[segment.groups() * channels];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number.of(segment.firstGroup() + i / channels, i % channels);
        }
        return Nd4j.createFromArray(numbers).castTo(type).reshape(segment.groups(), 1, channels, 1);
    }
}
