/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.rates;

import java.util.HashMap;
import java.util.Map;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static com.google.common.base.Preconditions.checkState;

/**
 * Rebuilds a live network's updater after its updater configurations changed, and carries the state (Adam's moments, a
 * velocity, ...) over parameter by parameter.
 *
 * <p>Inside a block of merged parameters the state array holds one component after the other,
 * {@code [m of all parameters][v of all parameters]}; when blocks split or merge the same numbers lie elsewhere. Copying
 * the array as a whole would succeed and be wrong.
 *
 * @since 0.1
 */
public final class UpdaterStates {

    private UpdaterStates() {}

    /**
     * Builds the updater anew from the network's configurations, with the state it had. Nothing happens when the network
     * has no updater yet: the first training step will build it.
     *
     * @throws IllegalStateException when a parameter's updater now keeps another amount of state
     */
    @SuppressWarnings("try") // the workspace scope is left by closing it
    public static void rebuild(Model model) {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            if (model instanceof MultiLayerNetwork) {
                MultiLayerNetwork net = (MultiLayerNetwork) model;
                if (net.getUpdater(false) != null) {
                    MultiLayerUpdater rebuilt = new MultiLayerUpdater(net);
                    carryOver((MultiLayerUpdater) net.getUpdater(false), rebuilt);
                    net.setUpdater(rebuilt);
                }
            } else {
                ComputationGraph net = (ComputationGraph) model;
                if (net.getUpdater(false) != null) {
                    ComputationGraphUpdater rebuilt = new ComputationGraphUpdater(net);
                    carryOver(net.getUpdater(false), rebuilt);
                    net.setUpdater(rebuilt);
                }
            }
        }
    }

    private static void carryOver(BaseMultiLayerUpdater<?> from, BaseMultiLayerUpdater<?> to) {
        Map<Integer, INDArray[]> byOffset = byParameterOffset(from);
        byParameterOffset(to).forEach((offset, components) -> {
            INDArray[] saved = byOffset.get(offset);
            checkState(
                    saved != null && saved.length == components.length,
                    "updater state of the parameter at flat offset %s had %s components and would need %s: change the "
                            + "updater's class before training starts",
                    offset,
                    saved == null ? 0 : saved.length,
                    components.length);
            for (int c = 0; c < components.length; c++) {
                components[c].assign(saved[c]);
            }
        });
    }

    /**
     * State components (views) of every parameter, by the parameter's offset in the flat parameter vector: the one name
     * that does not change with the blocks.
     */
    static Map<Integer, INDArray[]> byParameterOffset(BaseMultiLayerUpdater<?> updater) {
        Map<Integer, INDArray[]> components = new HashMap<>();
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            int blockLength = block.getParamOffsetEnd() - block.getParamOffsetStart();
            if (blockLength == 0) {
                continue;
            }
            INDArray state = block.getUpdaterView() == null ? null : flat(block.getUpdaterView());
            int count = state == null ? 0 : Math.toIntExact(state.length() / blockLength);
            for (UpdaterBlock.ParamState parameter : block.getLayersAndVariablesInBlock()) {
                INDArray[] own = new INDArray[count];
                long within = parameter.getParamOffsetStart() - block.getParamOffsetStart();
                long length = parameter.getParamOffsetEnd() - parameter.getParamOffsetStart();
                for (int c = 0; c < count; c++) {
                    long start = (long) c * blockLength + within;
                    own[c] = state.get(NDArrayIndex.interval(start, start + length));
                }
                components.put(parameter.getParamOffsetStart(), own);
            }
        }
        return components;
    }

    private static INDArray flat(INDArray view) {
        return view.reshape(view.length());
    }
}
