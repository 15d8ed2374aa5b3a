/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.ghostbn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static com.google.common.base.Preconditions.checkState;

/**
 * Copies updater state between two networks with the same parameters.
 *
 * <p>The state array holds {@code [m of all parameters][v of all parameters]} for each block of neighbours with equal
 * updaters. If updaters were changed after the original's blocks were formed, the copy's blocks differ, and an array
 * copied whole would put numbers in wrong places; then each parameter's components are copied.
 */
final class GhostBatchNormsUpdaterState {
    private GhostBatchNormsUpdaterState() {}

    /** @throws IllegalStateException if a parameter's updater now keeps another amount of state */
    static void copy(BaseMultiLayerUpdater<?> from, BaseMultiLayerUpdater<?> to) {
        if (layout(from).equals(layout(to))) {
            if (from.getStateViewArray() != null) {
                to.setStateViewArray(from.getStateViewArray());
            }
            return;
        }
        Map<Integer, List<INDArray>> saved = byParameterOffset(from);
        byParameterOffset(to).forEach((offset, components) -> {
            int had = saved.get(offset).size();
            checkState(
                    had == components.size(),
                    "updater of the parameter at flat offset %s must keep the state of the one that trained it, %s "
                            + "numbers for each weight, got %s; change its class before training starts",
                    offset,
                    had,
                    components.size());
            for (int c = 0; c < had; c++) {
                components.get(c).assign(saved.get(offset).get(c));
            }
        });
    }

    /** Borders of all blocks. */
    private static List<List<Integer>> layout(BaseMultiLayerUpdater<?> updater) {
        List<List<Integer>> borders = new ArrayList<>();
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            borders.add(List.of(
                    block.getParamOffsetStart(),
                    block.getParamOffsetEnd(),
                    block.getUpdaterViewOffsetStart(),
                    block.getUpdaterViewOffsetEnd()));
        }
        return borders;
    }

    /** Views of the state components of every parameter. */
    private static Map<Integer, List<INDArray>> byParameterOffset(BaseMultiLayerUpdater<?> updater) {
        Map<Integer, List<INDArray>> all = new HashMap<>();
        for (UpdaterBlock block : updater.getUpdaterBlocks()) {
            long length = block.getParamOffsetEnd() - block.getParamOffsetStart();
            long stateLength = block.getUpdaterViewOffsetEnd() - block.getUpdaterViewOffsetStart();
            for (UpdaterBlock.ParamState parameter : block.getLayersAndVariablesInBlock()) {
                List<INDArray> components = new ArrayList<>();
                long size = parameter.getParamOffsetEnd() - parameter.getParamOffsetStart();
                long start = parameter.getParamOffsetStart() - block.getParamOffsetStart();
                for (; size > 0 && start < stateLength; start += length) {
                    INDArray state = block.getUpdaterView().reshape(stateLength);
                    components.add(state.get(NDArrayIndex.interval(start, start + size)));
                }
                all.put(parameter.getParamOffsetStart(), components);
            }
        }
        return all;
    }
}
