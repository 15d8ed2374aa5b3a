/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Layer-wise weight decay of an unmodified network: the coefficient of a layer's {@code L2Regularization} or
 * {@code WeightDecay} becomes a {@link LayerDecaySchedule}, a changeable factor times the user's own coefficient.
 *
 * <p>Weights only: Deeplearning4j keeps the decay of biases apart and it stays as it is. No updater is rebuilt, since
 * regularization does not decide how parameters are grouped.
 *
 * @since 0.1
 */
public final class LayerDecays {

    private LayerDecays() {}

    /** Installs factors of 1; a network that already has them keeps them. */
    public static LayerFactors install(Model net) {
        return install(LayerConfs.of(net), null);
    }

    /** The same with the listener that steers them, as {@link LayerRates#install(Model, Attendance)}. */
    public static LayerFactors install(Model net, Attendance listener) {
        return install(LayerConfs.of(net), listener).followedBy(listener);
    }

    /** Installs factors of 1 in a configuration before {@code init()}. */
    public static LayerFactors install(MultiLayerConfiguration conf) {
        return install(LayerConfs.of(conf), null);
    }

    /** See {@link #install(MultiLayerConfiguration)}. */
    public static LayerFactors install(ComputationGraphConfiguration conf) {
        return install(LayerConfs.of(conf), null);
    }

    /** The factors a network has now; empty when nothing is installed. */
    public static LayerFactors of(Model net) {
        return read(LayerConfs.of(net));
    }

    /** Gives every layer the coefficient the user configured. */
    public static void remove(Model net) {
        for (LayerConfs layer : LayerConfs.of(net)) {
            replaceCoefficients(
                    layer, own -> own instanceof LayerDecaySchedule ? ((LayerDecaySchedule) own).own() : own);
        }
    }

    private static LayerFactors install(List<LayerConfs> layers, Attendance listener) {
        for (LayerConfs layer : layers) {
            if (layer.hasParameters() && refusal(layer) == null) {
                replaceCoefficients(layer, own -> tuned(layer.key(), own, listener));
            }
        }
        return read(layers);
    }

    /** As for rates, a schedule of another layer or another network is copied first. */
    private static ISchedule tuned(String key, ISchedule coefficient, Attendance listener) {
        if (!(coefficient instanceof LayerDecaySchedule)) {
            return new LayerDecaySchedule(key, coefficient.clone(), true);
        }
        LayerDecaySchedule present = (LayerDecaySchedule) coefficient;
        return present.layer().equals(key) && !present.followsOtherThan(listener) ? present : present.renamed(key);
    }

    private static LayerFactors read(List<LayerConfs> layers) {
        return LayerFactors.read("weight decay", layers, LayerDecays::installed, LayerDecays::refusal);
    }

    private static String refusal(LayerConfs layer) {
        if (!layer.hasParameters()) {
            return null;
        }
        if (layer.frozen()) {
            return "frozen";
        }
        if (!layer.confs().get(0).isRegularized()) {
            return "no weights that Deeplearning4j decays";
        }
        return list(layer.confs().get(0)).stream().anyMatch(r -> coefficient(r) != null)
                ? null
                : "no L2 or weight decay on its weights; set l2(..) or weightDecay(..) on the layer";
    }

    private static List<LayerDecaySchedule> installed(LayerConfs layer) {
        Set<LayerDecaySchedule> found = Collections.newSetFromMap(new IdentityHashMap<>());
        List<LayerDecaySchedule> inOrder = new ArrayList<>();
        for (TrainableConf conf : layer.confs()) {
            for (Regularization regularization : list(conf)) {
                ISchedule coefficient = coefficient(regularization);
                if (coefficient instanceof LayerDecaySchedule && found.add((LayerDecaySchedule) coefficient)) {
                    inOrder.add((LayerDecaySchedule) coefficient);
                }
            }
        }
        return inOrder;
    }

    private static void replaceCoefficients(LayerConfs layer, UnaryOperator<ISchedule> replacement) {
        for (TrainableConf conf : layer.confs()) {
            List<Regularization> replaced = new ArrayList<>();
            for (Regularization regularization : list(conf)) {
                ISchedule own = coefficient(regularization);
                ISchedule other = own == null ? null : replacement.apply(own);
                replaced.add(other == own ? regularization : withCoefficient(regularization, other));
            }
            if (!replaced.isEmpty()) {
                conf.regularization(replaced);
            }
        }
    }

    private static List<Regularization> list(TrainableConf conf) {
        return conf.regularization() == null ? Collections.emptyList() : conf.regularization();
    }

    /** Coefficient of exactly the two classes that decay weights; null for any other, which is left alone. */
    private static ISchedule coefficient(Regularization regularization) {
        if (regularization.getClass() == WeightDecay.class) {
            return ((WeightDecay) regularization).getCoeff();
        }
        return regularization.getClass() == L2Regularization.class ? ((L2Regularization) regularization).getL2() : null;
    }

    private static Regularization withCoefficient(Regularization regularization, ISchedule coefficient) {
        return regularization instanceof WeightDecay
                ? new WeightDecay(coefficient, ((WeightDecay) regularization).isApplyLR())
                : new L2Regularization(coefficient);
    }
}
