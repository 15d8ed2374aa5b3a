/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.tempbalance;

import java.util.Collections;
import java.util.Map;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.learning.GradientUpdater;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/** Turns gradients into steps of {@link MomentumSgd}; holds the velocity of one updater block. */
final class MomentumSgdUpdater implements GradientUpdater<MomentumSgd> {
    /** Key of the velocity in the map form, the same as ND4J's {@code Nesterovs} uses. */
    static final String V_STATE = "V";

    private final MomentumSgd config;
    private INDArray velocity;

    MomentumSgdUpdater(MomentumSgd config) {
        this.config = config;
    }

    @Override
    public MomentumSgd getConfig() {
        return config;
    }

    @Override
    public void setState(Map<String, INDArray> stateMap, boolean initialize) {
        checkArgument(
                stateMap.size() == 1 && stateMap.containsKey(V_STATE),
                "state of MomentumSgd must hold the one key %s, got %s; was it saved by another updater?",
                V_STATE,
                stateMap.keySet());
        velocity = stateMap.get(V_STATE);
        if (initialize) {
            velocity.assign(0);
        }
    }

    @Override
    public Map<String, INDArray> getState() {
        return Collections.singletonMap(V_STATE, velocity);
    }

    @Override
    public void setStateViewArray(INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
        if (initialize) {
            viewArray.assign(0);
        }
        velocity = Shape.newShapeNoCopy(viewArray, gradientShape, gradientOrder == 'f');
        checkState(
                velocity != null,
                "state view of MomentumSgd must be contiguous to take the gradient's shape; got strides %s",
                viewArray.stride());
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        checkState(velocity != null, "MomentumSgd has no velocity yet; call setStateViewArray or setState first");
        // A plain reshape of an 'f' array copies, and the step would be lost in the copy.
        INDArray g = gradient.equalShapes(velocity)
                ? gradient
                : gradient.reshape(gradient.ordering(), true, velocity.shape());
        double dampening = config.getDampening();

        boolean first = dampening != 0 && velocity.amaxNumber().doubleValue() == 0;
        velocity.muli(config.getMomentum()).addi(dampening == 0 || first ? g : g.mul(1 - dampening));

        if (config.isNesterov()) {
            g.addi(velocity.mul(config.getMomentum()));
        } else {
            g.assign(velocity);
        }
        g.muli(config.getLearningRate(iteration, epoch));
    }
}
