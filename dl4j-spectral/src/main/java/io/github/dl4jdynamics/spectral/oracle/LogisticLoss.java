/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.oracle;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log1p;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossUtil;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Binary cross entropy after a sigmoid, without clipping. It is computed from what goes into the sigmoid, as the sigmoid of
 * a FLOAT above 17 is 1, and its logarithms give NaN:
 *
 * <pre>{@code
 * loss = max(z, 0) - y z + log(1 + exp(-|z|))            dloss/dz = sigmoid(z) - y
 * }</pre>
 */
final class LogisticLoss extends LossBinaryXENT {
    private static final long serialVersionUID = 1L;

    LogisticLoss(LossBinaryXENT loss) {
        super(loss.getWeights());
    }

    @Override
    public double computeScore(INDArray labels, INDArray z, IActivation activation, INDArray mask, boolean average) {
        double sum = losses(labels, z, mask).sumNumber().doubleValue();
        return average ? sum / z.size(0) : sum;
    }

    @Override
    public INDArray computeScoreArray(INDArray labels, INDArray z, IActivation activation, INDArray mask) {
        return losses(labels, z, mask).sum(true, 1);
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray z, IActivation activation, INDArray mask) {
        return weighed(Transforms.sigmoid(z, true).subi(labels.castTo(z.dataType())), mask);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray z, IActivation activation, INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, z, activation, mask, average), computeGradient(labels, z, activation, mask));
    }

    private INDArray losses(INDArray labels, INDArray z, INDArray mask) {
        INDArray tail = Nd4j.getExecutioner()
                .exec(new Log1p(Transforms.exp(Transforms.abs(z, true).negi(), false)));
        return weighed(
                Transforms.max(z, 0).subi(z.mul(labels.castTo(z.dataType()))).addi(tail), mask);
    }

    private INDArray weighed(INDArray values, INDArray mask) {
        if (getWeights() != null) {
            values.muliRowVector(getWeights().castTo(values.dataType()));
        }
        if (mask != null) {
            LossUtil.applyMask(values, mask);
        }
        return values;
    }
}
