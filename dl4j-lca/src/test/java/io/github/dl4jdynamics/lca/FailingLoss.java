/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.lca;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Counts its gradients and scores, and fails at one of the gradients. */
final class FailingLoss extends LossMCXENT {
    private static final long serialVersionUID = 1;
    private static int gradients;
    private static int scores;
    private static int failsAt;

    /** Counts from zero; fails at the n-th gradient, counted from 1, or never with 0. */
    static void reset(int n) {
        gradients = 0;
        scores = 0;
        failsAt = n;
    }

    static int gradients() {
        return gradients;
    }

    static int scores() {
        return scores;
    }

    /** Dense, output with this loss. */
    static Model net() {
        reset(0);
        return Nets.net(
                false,
                Nets.base(new Sgd(0.1)),
                InputType.feedForward(Nets.IN),
                Nets.dense(5),
                new OutputLayer.Builder(new FailingLoss())
                        .nOut(Nets.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build());
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray z, IActivation activation, INDArray mask) {
        if (++gradients == failsAt) {
            throw new IllegalStateException("no more");
        }
        return super.computeGradient(labels, z, activation, mask);
    }

    @Override
    public double computeScore(INDArray labels, INDArray z, IActivation activation, INDArray mask, boolean average) {
        scores++;
        return super.computeScore(labels, z, activation, mask, average);
    }
}
