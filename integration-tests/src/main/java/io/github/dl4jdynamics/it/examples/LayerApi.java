/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.examples;

import java.util.Map;
import java.util.TreeMap;

import io.github.dl4jdynamics.lca.AllocationDetail;
import io.github.dl4jdynamics.lca.LossChangeAllocationListener;
import io.github.dl4jdynamics.spectral.oracle.LossData;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Allocations by layer as they are measured, for code that acts on them: here the layers that hurt in a step. */
public final class LayerApi {

    private LayerApi() {}

    /** Trains, at a rate that is too large, and prints step by step the layers that raised the loss. */
    public static void main(String[] args) {
        MultiLayerNetwork net = new MultiLayerNetwork(ExampleNetworks.configuration(new Nesterovs(0.3, 0.9)));
        net.init();
        LossChangeAllocationListener lca = LossChangeAllocationListener.builder(LossData.of(ExampleNetworks.data()))
                .onStep(LayerApi::print)
                .build();
        net.addListeners(lca);
        net.fit(ExampleNetworks.data(), 2);
    }

    private static void print(AllocationDetail detail) {
        Map<String, Double> byLayer = new TreeMap<>();
        for (int a = 0; detail.step().isAllocated() && a < detail.arrays().size(); a++) {
            double allocation = detail.step().losses().get(0).array(a);
            byLayer.merge(detail.arrays().get(a).layer(), allocation, Double::sum);
        }
        byLayer.values().removeIf(allocation -> allocation <= 0);
        System.out.println("update " + detail.step().updatesAfter() + ", layers that hurt: " + byLayer);
    }
}
