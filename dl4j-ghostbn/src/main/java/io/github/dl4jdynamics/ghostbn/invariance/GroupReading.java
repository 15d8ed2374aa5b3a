/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.github.dl4jdynamics.ghostbn.math.EulerIdentity;
import io.github.dl4jdynamics.ghostbn.math.NormBalance;
import io.github.dl4jdynamics.ghostbn.math.NormStep;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One step of one group, or of several as one: read before the update and completed after it. */
final class GroupReading {
    private final EulerIdentity identity = new EulerIdentity();
    private final NormStep step = new NormStep();
    private final Set<String> notes = new LinkedHashSet<>();

    /** Copies of the weights before the step, dropped after it. */
    private List<double[]> weights = new ArrayList<>();

    private double rate = Double.NaN;
    private double lostSquares;
    private boolean mixedRates;

    /** @param divisor what the updater divides the gradient by: the size of the batch, or 1 */
    static GroupReading before(Model net, ScaleInvariantGroup group, Position position, int divisor) {
        GroupReading reading = new GroupReading();
        for (WeightArray array : group.arrays()) {
            double[] weights = values(array.weights(net));
            INDArray gradient = array.gradient(net);
            if (gradient == null) {
                reading.notes.add("no gradient reached " + array);
            }
            double[] mean = gradient == null ? new double[weights.length] : values(gradient);
            for (int i = 0; i < mean.length; i++) {
                mean[i] /= divisor;
            }
            EulerIdentity identity = new EulerIdentity().add(weights, mean);
            reading.identity.add(identity);
            reading.weights.add(weights);
            StepSize size = StepSize.of(array.config(net), array.param(), position.iteration(), position.epoch());
            reading.takeRate(size.rate(), reading.weights.size() == 1);
            reading.lostSquares += size.decay() * (2 - size.decay()) * Math.pow(identity.weightNorm(), 2);
            reading.notes.addAll(size.notes());
        }
        return reading;
    }

    /** Several groups as one. */
    static GroupReading joint(List<GroupReading> parts) {
        GroupReading joint = new GroupReading();
        boolean first = true;
        for (GroupReading part : parts) {
            joint.identity.add(part.identity);
            joint.step.add(part.step);
            joint.takeRate(part.rate, first);
            joint.mixedRates |= part.mixedRates;
            joint.lostSquares += part.lostSquares;
            joint.notes.addAll(part.notes);
            first = false;
        }
        return joint;
    }

    private void takeRate(double next, boolean first) {
        mixedRates |= !first && Double.compare(rate, next) != 0;
        rate = next;
    }

    void after(Model net, ScaleInvariantGroup group) {
        for (int i = 0; i < weights.size(); i++) {
            step.add(weights.get(i), values(group.arrays().get(i).weights(net)));
        }
        weights = List.of();
    }

    EulerIdentity identity() {
        return identity;
    }

    NormStep step() {
        return step;
    }

    NormBalance balance() {
        double norm = identity.weightNorm();
        // Parameters that decay unequally: the share that the whole norm loses, 1 - sqrt(1 - lost).
        double lost = lostSquares / (norm * norm);
        double decay = lost / (1 + Math.sqrt(1 - lost));
        return NormBalance.of(norm, identity.gradientNorm(), mixedRates ? Double.NaN : rate, decay);
    }

    /** Why a number is missing or to be taken with care. */
    String note() {
        List<String> all = new ArrayList<>(notes);
        if (mixedRates) {
            all.add("learning rates differ, there is no effective rate");
        }
        NormBalance balance = balance();
        if (!mixedRates && balance.decay() == 0) {
            all.add("no weight decay, no balance");
        }
        return String.join("; ", all);
    }

    /** In logical order, whatever the memory's; outside of workspaces, so nothing of Deeplearning4j's is touched. */
    @SuppressWarnings("try")
    private static double[] values(INDArray array) {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return array.dup('c').data().asDouble();
        }
    }
}
