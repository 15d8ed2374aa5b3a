/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.regularization;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import io.github.dl4jdynamics.spectral.rates.LayerConfs;
import io.github.dl4jdynamics.spectral.rates.TrainableConf;
import io.github.dl4jdynamics.spectral.weights.LayerWeights;
import io.github.dl4jdynamics.spectral.weights.MatrixPlace;
import io.github.dl4jdynamics.spectral.weights.WeightArray;
import io.github.dl4jdynamics.spectral.weights.WeightKind;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static com.google.common.base.Preconditions.checkArgument;
import static com.google.common.base.Preconditions.checkState;

/** Puts spectral regularizations into the layers of a live network and takes them out. */
final class Attachment {
    private static final Logger log = LoggerFactory.getLogger(SpectralRegularization.class);

    private static final Set<WeightKind> WHOLE = Sets.immutableEnumSet(
            WeightKind.CONVOLUTION_1D, WeightKind.CONVOLUTION_2D, WeightKind.CONVOLUTION_3D, WeightKind.POINTWISE);

    private final ImmutableList<LayerConfs> confs;
    private final ImmutableList<LayerWeights> weights;
    private final long length;

    Attachment(Model net) {
        confs = LayerConfs.of(net);
        weights = LayerWeights.of(net);
        length = net.params().length();
    }

    void add(SpectralRegularization prototype, List<String> names) {
        for (String name : names) {
            checkArgument(
                    weights.stream().anyMatch(layer -> layer.layer().equals(name) && isPenalized(layer, true)),
                    "a spectral regularization can be attached to layers with weight matrices that are trained, got '%s'; this"
                            + " network has %s",
                    name,
                    weights.stream()
                            .filter(layer -> isPenalized(layer, true))
                            .map(LayerWeights::layer)
                            .collect(Collectors.toList()));
        }
        List<LayerWeights> chosen = weights.stream()
                .filter(layer -> names.contains(layer.layer()) || names.isEmpty() && isPenalized(layer, false))
                .collect(Collectors.toList());
        checkArgument(!chosen.isEmpty(), "a spectral regularization needs a network with weight matrices, got none");
        chosen.forEach(layer -> checkNew(prototype, layer.layer()));
        for (LayerWeights layer : chosen) {
            SpectralRegularization bound =
                    prototype.boundTo(bindings(layer, prototype.settings().perKernelPosition), length);
            for (TrainableConf conf : conf(layer.layer()).confs()) {
                List<Regularization> list =
                        conf.regularization() == null ? new ArrayList<>() : new ArrayList<>(conf.regularization());
                list.add(bound);
                conf.regularization(list);
            }
        }
    }

    private boolean isPenalized(LayerWeights layer, boolean named) {
        return !layer.frozen()
                && !conf(layer.layer()).frozen()
                && layer.arrays().stream()
                        .anyMatch(array -> array.kind() != WeightKind.DEPTHWISE
                                && (named || array.kind() != WeightKind.EMBEDDING));
    }

    private LayerConfs conf(String layer) {
        return confs.stream()
                .filter(conf -> conf.key().equals(layer))
                .findFirst()
                .orElseThrow();
    }

    private void checkNew(SpectralRegularization prototype, String layer) {
        for (TrainableConf conf : conf(layer).confs()) {
            for (Regularization present :
                    conf.regularization() == null ? List.<Regularization>of() : conf.regularization()) {
                if (present instanceof SpectralRegularization) {
                    checkNew(prototype, (SpectralRegularization) present, layer);
                }
            }
        }
    }

    private static void checkNew(SpectralRegularization prototype, SpectralRegularization present, String layer) {
        checkState(
                !present.settings().equals(prototype.settings()),
                "layer '%s' must not have the same spectral regularization twice, got '%s' again; call"
                        + " SpectralRegularization.detach(net) first",
                layer,
                prototype);
        if (present.settings().kind == prototype.settings().kind) {
            log.warn(
                    "layer '{}' has a spectral regularization of this kind, '{}', and gets '{}' as well; to replace it, call"
                            + " SpectralRegularization.detach(net) first",
                    layer,
                    present,
                    prototype);
        }
    }

    private static TreeMap<Long, Binding> bindings(LayerWeights layer, boolean positions) {
        TreeMap<Long, Binding> bindings = new TreeMap<>();
        for (WeightArray array : layer.arrays()) {
            if (array.kind() != WeightKind.DEPTHWISE) {
                bindings.put(array.offset(), Binding.of(array, places(array, positions)));
            }
        }
        return bindings;
    }

    private static List<MatrixPlace> places(WeightArray array, boolean positions) {
        if (positions || !WHOLE.contains(array.kind())) {
            return array.places();
        }
        long rows = array.shape()[0];
        long rest = 1;
        for (int axis = 1; axis < array.shape().length; axis++) {
            rest *= array.shape()[axis];
        }
        return List.of(new MatrixPlace(0, rows, rest, rest, 1));
    }

    boolean removeAll() {
        boolean found = false;
        for (LayerConfs layer : confs) {
            for (TrainableConf conf : layer.confs()) {
                if (conf.regularization() != null
                        && conf.regularization().stream().anyMatch(SpectralRegularization.class::isInstance)) {
                    List<Regularization> list = new ArrayList<>(conf.regularization());
                    list.removeIf(SpectralRegularization.class::isInstance);
                    conf.regularization(list);
                    found = true;
                }
            }
        }
        return found;
    }
}
