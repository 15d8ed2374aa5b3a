/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn.invariance;

import java.util.ArrayList;
import java.util.List;

import com.google.common.collect.ImmutableList;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Rate and decay of one parameter array at one iteration, read off its updater and its regularization.
 *
 * <pre>{@code
 * .l2(c)           c w is added to the gradient:     decay = rate * c, if the updater is linear in the gradient
 * .weightDecay(c)  rate * c w is taken off after it: decay = rate * c (applyLR, the default) or c
 * }</pre>
 *
 * <p>All entries of the list count, twice if Deeplearning4j entered them twice.
 */
final class StepSize {
    private final double rate;
    private final double decay;
    private final ImmutableList<String> notes;

    private StepSize(double rate, double decay, List<String> notes) {
        this.rate = rate;
        this.decay = decay;
        this.notes = ImmutableList.copyOf(notes);
    }

    static StepSize of(TrainingConfig config, String param, int iteration, int epoch) {
        List<String> notes = new ArrayList<>();
        IUpdater updater = config.getUpdaterByParam(param);
        boolean hasRate = updater != null && updater.hasLearningRate();
        double rate = hasRate ? updater.getLearningRate(iteration, epoch) : Double.NaN;
        if (!hasRate) {
            notes.add("the updater has no learning rate");
        } else if (!(updater instanceof Sgd)) {
            notes.add(updater.getClass().getSimpleName() + ": the balance is that of plain SGD");
        }
        double decay = 0;
        List<Regularization> penalties = config.getRegularizationByParam(param);
        for (Regularization penalty : penalties == null ? List.<Regularization>of() : penalties) {
            if (penalty instanceof WeightDecay) {
                WeightDecay weightDecay = (WeightDecay) penalty;
                double coefficient = weightDecay.getCoeff().valueAt(iteration, epoch);
                // Without a rate Deeplearning4j multiplies by 1.
                decay += coefficient * (weightDecay.isApplyLR() && hasRate ? rate : 1);
            } else if (penalty instanceof L2Regularization
                    && (updater instanceof Sgd || updater instanceof Nesterovs)) {
                decay += rate * ((L2Regularization) penalty).getL2().valueAt(iteration, epoch);
            } else {
                notes.add(penalty.getClass().getSimpleName() + " is no decay here");
            }
        }
        return new StepSize(rate, decay, notes);
    }

    /** NaN if the updater has none. */
    double rate() {
        return rate;
    }

    /** Share of the weights that one step takes away. */
    double decay() {
        return decay;
    }

    /** Empty if the array is trained by plain SGD with nothing but decay. */
    ImmutableList<String> notes() {
        return notes;
    }
}
